// Asks now and then whether there is more, and says so on a button: what is being read stays put.
const newer = document.getElementById("newer");
const EVERY = 10_000;

async function look() {
  if (document.hidden || newer.dataset.busy) return;
  try {
    const answer = await fetch(newer.dataset.live, { headers: { Accept: "text/html" } });
    if (answer.status === 200 && !answer.redirected) {
      const said = await answer.text();
      if (said !== newer.dataset.said) {
        newer.innerHTML = said;
        newer.dataset.said = said;
      }
    }
  } catch {
    // Away for a while: the next look tells.
  }
}

function mark(stories, before) {
  for (const each of stories.querySelectorAll("li[id]")) {
    if (!before.has(each.id)) {
      const tag = document.createElement("span");
      tag.className = "tag good";
      tag.textContent = newer.dataset.fresh;
      each.prepend(tag, " ");
    }
  }
}

async function show(link) {
  newer.dataset.busy = "1";
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [stories, there] = [page.getElementById("stories"), page.getElementById("newer")];
    const old = document.getElementById("stories");
    mark(stories, new Set([...old.querySelectorAll("li[id]")].map((each) => each.id)));
    old.replaceWith(stories);
    newer.dataset.live = there.dataset.live;
    newer.dataset.said = "";
    newer.textContent = newer.dataset.done;
    const pager = [document.querySelector(".pager"), page.querySelector(".pager")];
    if (pager[0] && pager[1]) pager[0].replaceWith(pager[1]);
    document.getElementById("stories-title").focus();
  } catch {
    location.assign(link.href);
  } finally {
    delete newer.dataset.busy;
  }
}

if (newer) {
  newer.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-newer]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(link);
    }
  });
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
