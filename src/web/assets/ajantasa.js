// Additions to pages that work without them.
"use strict";

// What went wrong is read first.
const problem = document.querySelector(".problem");
if (problem) {
  problem.focus();
}

// ---- One case: focus, what was done, keys ----------------------------------------------------------------

// After a decision the next case opens: its heading is read, then what was done.
const heading = document.getElementById("case");
if (heading && !problem) {
  heading.focus();
}
const result = document.getElementById("result");
if (result && result.firstElementChild) {
  // A live region speaks of what comes into it, not of what was there.
  const told = [...result.children];
  result.replaceChildren();
  setTimeout(() => {
    result.replaceChildren(...told);
  }, 150);
}

// The keys of this browser: `off`, or pairs of act and key.
const KEYS_COOKIE = "keys";

function ownKeys() {
  const pair = document.cookie.split("; ").find((one) => one.startsWith(`${KEYS_COOKIE}=`));
  const text = pair ? decodeURIComponent(pair.slice(KEYS_COOKIE.length + 1)) : "";
  const own = new Map();
  for (const one of text.split(" ")) {
    const at = one.indexOf("=");
    if (at > 0 && one.length > at + 1) {
      own.set(one.slice(0, at), one.slice(at + 1));
    }
  }
  return { off: text.split(" ").includes("off"), own };
}

function keepKeys(off, own) {
  const words = [...own].map(([act, key]) => `${act}=${key}`);
  const text = encodeURIComponent((off ? ["off", ...words] : words).join(" "));
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${KEYS_COOKIE}=${text}; Path=/; Max-Age=31536000; SameSite=Strict${secure}`;
}

const keys = ownKeys();
const acts = new Map();
if (!keys.off) {
  for (const element of document.querySelectorAll("[data-act][data-key]")) {
    const key = keys.own.get(element.dataset.act) || element.dataset.key;
    if (!acts.has(key)) {
      acts.set(key, element);
      element.setAttribute("aria-keyshortcuts", key);
    }
  }
}

function act(element) {
  if (element.tagName !== "SUMMARY") {
    element.click();
    return;
  }
  const details = element.parentElement;
  details.open = !details.open;
  const field = details.open ? details.querySelector("input:not([type=hidden]), textarea, select") : null;
  (field || element).focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) {
    return;
  }
  const element = acts.get(event.key);
  // Shift belongs to signs such as the question mark; of letters it makes others.
  if (element && (!event.shiftKey || event.key.toLowerCase() === event.key.toUpperCase())) {
    event.preventDefault();
    act(element);
  }
});

// Their page: switched off, or other ones, kept in this browser.
const keysForm = document.getElementById("keys");
if (keysForm) {
  const on = document.getElementById("keys-on");
  const fields = [...keysForm.querySelectorAll("[data-own]")];
  const said = keysForm.querySelector("[data-said]");
  const fill = () => {
    const { off, own } = ownKeys();
    on.checked = !off;
    for (const field of fields) {
      field.value = own.get(field.dataset.own) || field.dataset.default;
    }
  };
  fill();
  for (const element of keysForm.querySelectorAll("[data-scripted]")) {
    element.hidden = false;
  }
  keysForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = fields.map((field) => field.value.trim().toLowerCase() || field.dataset.default);
    if (new Set(chosen).size < chosen.length) {
      said.textContent = keysForm.dataset.clash;
      return;
    }
    const own = new Map();
    fields.forEach((field, at) => {
      if (chosen[at] !== field.dataset.default) {
        own.set(field.dataset.own, chosen[at]);
      }
    });
    keepKeys(!on.checked, own);
    fill();
    said.textContent = keysForm.dataset.saved;
  });
  keysForm.querySelector("[data-reset]").addEventListener("click", () => {
    keepKeys(false, new Map());
    fill();
    said.textContent = keysForm.dataset.saved;
  });
}

// A run whose page says where its events are moves by itself, and is read anew when it ends.
const watched = document.querySelector("[data-events]");
if (watched && "EventSource" in window) {
  const events = new EventSource(watched.dataset.events);
  events.addEventListener("progress", (event) => {
    const { done, people, text } = JSON.parse(event.data);
    const bar = document.getElementById("progress");
    if (!bar) {
      events.close();
      window.location.reload();
      return;
    }
    bar.max = people;
    bar.value = done;
    document.getElementById("progress-text").textContent = text;
  });
  events.addEventListener("end", () => {
    events.close();
    window.location.reload();
  });
}
