"use strict";
// The console: everything it shows and does goes through the control API.
fetch("/_mockgw/version").then(async (answer) => {
  const told = await answer.json();
  document.getElementById("state").textContent = answer.ok ? `Version ${told.version}` : told.error.message;
});
