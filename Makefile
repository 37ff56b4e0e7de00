# `make` 만 치면 할 수 있는 일을 보입니다. / `make` alone shows what there is.
.DEFAULT_GOAL := help
.PHONY: help env run demo test api client lint types contracts unit alone faults fuzz rhythm quarter storm kills partition soak browser bench docs chart train requirements secrets clean

PYTHON ?= python3
BENCH ?= match terms topics story ingest poll owe webhook mail fresh documents coverage search
PEERS ?=
# What one process compiled the next one loads: the tests start hundreds.
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
# The pure rooms have to be covered, by the tests that are theirs: watching slows, so others go without.
PURE := tests/sources $(addprefix tests/unit/,judging notifier reading scrapers)
# Of the others three run beside one another: two would often both wait for what they started.
BESIDE := $(BIN)/pytest --dist worksteal -m "not faults and not browser and not alone"
READY := .venv/ready
COMPILE = CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --strip-extras \
	--generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host $(ARGS) --extra embedded --extra traces --extra sentry --extra parquet

help:
	@awk -F ' *## *' '/^[a-z]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' Makefile

env: $(READY)  ## 환경(.venv) 만들기 / make the environment

$(READY): requirements-dev.txt pyproject.toml .ci/env
	@PYTHON="$(PYTHON)" .ci/env
	@touch $@

run: $(READY)  ## 서비스 시작, Ctrl-C로 끝 / run the service until Ctrl-C
	@$(BIN)/pabal up

demo: $(READY)  ## 인터넷 없이 시연 (ARGS="--speed 60") / the main job without the internet
	@$(BIN)/pabal demo $(ARGS)

test: lint types contracts unit alone  ## CI가 하는 모든 검사 / everything CI runs

lint: $(READY)  ## 문체와 흔한 실수 / style and common slips
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)  ## 형 검사 / types
	$(BIN)/mypy -n 2 service scrapers notifier migrations tests

contracts: $(READY)  ## 어느 방이 어느 방을 쓰는가 / which room may import which
	$(BIN)/lint-imports

unit: $(READY)  ## 모든 시험과 짧은 고장, 덮은 비율 / every test but the long faults, coverage
	$(BESIDE) -n 2 $(ARGS) $(PURE) --cov
	$(BESIDE) -n 3 $(ARGS) $(PURE:%=--ignore=%)

alone: $(READY)  ## 혼자 돌아야 하는 시험 / tests beside which nothing may run
	$(BIN)/pytest -m "alone and not faults" $(ARGS) $$(grep -rl --include='*.py' mark.alone tests) || \
		[ $$? -eq 5 ]  # ARGS may choose none

faults: $(READY)  ## 일부러 낸 고장, 그리고 docs/reliability.md / faults on purpose, and the page
	@failed=0; \
	$(BIN)/pytest -n 2 --dist worksteal --record $(ARGS) -m "(fault or faults) and not alone" \
		|| [ $$? -eq 5 ] || failed=1; \
	$(BIN)/pytest --record $(ARGS) -m "(fault or faults) and alone" || [ $$? -eq 5 ] || failed=1; \
	$(BIN)/python tests/faults/report.py && exit $$failed

fuzz: $(READY)  ## 망가진 문서와 글 읽기, 10분 (ARGS="--minutes 1") / hurt documents and texts
	@$(BIN)/python -m tests.fuzz.fuzz $(ARGS)

rhythm: $(READY)  ## 모든 출처의 30일을 몇십 분에, 사고까지 (ARGS="--days 8") / a month of all sources
	@$(BIN)/python tests/rhythm/rhythm.py $(ARGS)

quarter: $(READY)  ## 석 달의 묶음·알림·마감, 시계가 튀어도 (ARGS="--days 14") / a quarter of digests
	@$(BIN)/python tests/quarter/quarter.py $(ARGS)

storm: $(READY)  ## 10만 구독에 한 소식, 일꾼을 죽여 가며 / one release, a hundred thousand told
	@$(BIN)/python tests/storm/storm.py $(ARGS)

kills: $(READY)  ## 글 만 건, 알림 백만 건, 200번 강제 종료 / a million alerts, 200 processes killed
	@$(BIN)/python tests/storm/kills.py $(ARGS)

partition: $(READY)  ## 일꾼 하나를 데이터베이스에서 떼고 하나를 죽이기, root로 / cut off and killed
	@$(BIN)/python tests/partition/partition.py $(ARGS)

soak: $(READY)  ## 30분 동안 한꺼번에, 고장과 독자 50명 (ARGS="--minutes 3") / everything at once
	@$(BIN)/python tests/soak/soak.py $(ARGS)

browser: $(READY)  ## 진짜 브라우저로 모든 화면과 여정 (ARGS="--keep 폴더") / pages in real Chromium
	$(BIN)/pytest -m browser tests/browser $(ARGS)

bench: $(READY)  ## 속도와 정확도, 남과 나란히 (BENCH=owe): docs/benchmarks.md / speeds, beside others
	@failed=; for each in $(BENCH); do \
		PYTHONPATH="$$PYTHONPATH:$(PEERS)" $(BIN)/python -m tests.bench.$$each $(ARGS) \
		|| failed="$$failed $$each"; done; \
	$(BIN)/python -m tests.bench.page && test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

docs: $(READY)  ## 문서의 표 다시: 출처·채널·분야·설정 / tables of the documents
	@$(BIN)/python .ci/tables.py

train: $(READY)  ## 분야 가중치 다시 (DATA=자료 폴더) / learn the weights of topics anew
	@$(BIN)/python .ci/train_topics.py $(DATA)

api: $(READY)  ## API 명세대로 만 번 물어보기 / ten thousand requests by the OpenAPI
	@$(BIN)/python tests/web/api/fuzz.py $(ARGS)

client: .venv-client/ready  ## 파이썬 클라이언트를 만들어 써 보기 / make a Python client, try it
	@$(BIN)/python tests/client/client.py

.venv-client/ready: tests/client/requirements.txt $(READY)
	@$(BIN)/python -m venv --clear --without-pip .venv-client
	@$(BIN)/python -m pip --quiet --disable-pip-version-check --python .venv-client/bin/python \
		install --require-hashes -r tests/client/requirements.txt
	@touch $@

requirements: $(READY)  ## 고정 목록 다시 (ARGS=--upgrade) / pin the packages anew
	@$(BIN)/python -c 'import sys; sys.exit("Python 3.11.2 (Debian 12)에서 하세요: what installs \
	there installs anywhere" if sys.version_info > (3, 11, 3) else 0)'
	$(COMPILE) --output-file requirements.txt pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml
	cd tests/client && CUSTOM_COMPILE_COMMAND="make requirements" ../../$(BIN)/pip-compile --quiet \
		--strip-extras --generate-hashes --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host $(ARGS) requirements.in

chart: $(READY)  ## Helm 차트를 진짜 helm으로 / the Helm chart by a real helm
	@.ci/chart

secrets:  ## compose.yaml이 쓸 비밀번호 / passwords for compose.yaml
	@.ci/secrets

clean:  ## 만든 것을 지우기, 자료는 그대로 / remove what was made; data stays
	rm -rf .venv .venv-client build .coverage .mypy_cache .pytest_cache .ruff_cache .grimp_cache .import_linter_cache
