{{- define "pabal.name" -}}
{{- if eq .Release.Name .Chart.Name }}{{ .Release.Name }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "pabal.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* Takes (dict "root" $ "role" "web"). */ -}}
{{- define "pabal.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "pabal.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "pabal.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "pabal.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "pabal.env" -}}
{{- range $name, $value := .Values.settings }}
- {name: PABAL_{{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- range $name, $key := .Values.secret.settings }}
- {name: PABAL_{{ $name }}_FILE, value: /run/secrets/pabal/{{ $key }}}
{{- end }}
{{- end }}

{{- define "pabal.mounts" -}}
- {name: secrets, mountPath: /run/secrets/pabal, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "pabal.volumes" -}}
- name: secrets
  secret: {secretName: {{ .Values.secret.name }}, defaultMode: 0440}
- name: tmp
  emptyDir: {sizeLimit: 512Mi}
{{- end }}

{{- define "pabal.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}
