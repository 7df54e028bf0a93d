// Additions to pages that work without them.
"use strict";

// What went wrong is read first.
const problem = document.querySelector(".problem");
if (problem) {
  problem.focus();
}
