/* What pages do better with a script; every page works without it. */
(function () {
  "use strict";

  function words(name) {
    return document.documentElement.dataset[name] || "";
  }

  function copyButtons() {
    document.querySelectorAll(".gs-code").forEach(function (box) {
      if (!navigator.clipboard) { return; }
      var button = document.createElement("button");
      button.type = "button";
      button.className = "gs-button gs-button-small gs-copy";
      button.textContent = words("copy");
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(box.querySelector("code").textContent).then(function () {
          button.textContent = words("copied");
        });
      });
      box.appendChild(button);
    });
  }

  /* The filters are a sheet on a phone and always open where there is room. */
  function sheets() {
    var wide = window.matchMedia("(min-width: 64rem)");
    document.querySelectorAll("[data-open-wide]").forEach(function (sheet) {
      function fit() { if (wide.matches) { sheet.open = true; } }
      wide.addEventListener("change", fit);
      fit();
    });
  }

  /* A form that came back tells at once what to mend; a form on its way is not sent twice. */
  function forms() {
    var summary = document.querySelector("[data-focus]");
    if (summary) { summary.focus(); }
    document.querySelectorAll("form[method=post]:not([data-again])").forEach(function (form) {
      form.addEventListener("submit", function (event) {
        if (form.dataset.sent) { event.preventDefault(); return; }
        form.dataset.sent = "yes";
      });
    });
    window.addEventListener("pageshow", function () {
      document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    });
  }

  function printButtons() {
    document.querySelectorAll("[data-print]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { window.print(); });
    });
  }

  /* Files leave as soon as they are chosen, with how far they are; what else was typed stays on the page. */
  function papers() {
    document.addEventListener("change", function (event) {
      var box = event.target.closest("[data-papers]");
      if (box && event.target.type === "file") { chosen(box, event.target); }
    });
    document.querySelectorAll("[data-papers]").forEach(function (box) {
      var early = box.querySelector("input[type=file]"); /* on a slow line one chooses before this script is here */
      withoutButton(box);
      if (early) { chosen(box, early); }
    });
  }

  function withoutButton(box) {
    box.querySelectorAll("button[value=keep]").forEach(function (button) { button.hidden = true; });
  }

  function chosen(box, input) {
    if (input.files.length) { sendFiles(box, input); }
  }

  function sendFiles(box, input) {
    var request = new XMLHttpRequest(), data = new FormData(input.form);
    var line = box.querySelector("[data-progress]"), told = line.querySelector("[role=status]");
    data.set("do", "keep");
    line.hidden = false;
    input.disabled = true;
    function failed() {
      input.disabled = false;
      input.value = "";
      line.querySelector("progress").hidden = true;
      told.textContent = box.dataset.failed;
    }
    request.upload.addEventListener("progress", function (event) {
      var share = Math.round(100 * event.loaded / event.total);
      line.querySelector("progress").value = share;
      told.textContent = share + " %";
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", function () {
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var fresh = page.querySelector("[data-papers]");
      if (!fresh) { failed(); return; }
      box.replaceWith(fresh);
      withoutButton(fresh);
      fresh.focus();
    });
    request.open("POST", input.form.getAttribute("action"));
    request.send(data);
  }

  copyButtons();
  papers();
  printButtons();
  sheets();
  forms();
}());
