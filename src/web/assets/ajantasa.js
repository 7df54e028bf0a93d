// Additions to pages that work without them.
"use strict";

// What went wrong is read first.
const problem = document.querySelector(".problem");
if (problem) {
  problem.focus();
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
