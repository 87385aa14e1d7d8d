/* What the officers' pages do better with a script: keys, choosing all, rows of a table, suggestions. */
(function () {
  "use strict";

  function typing(target) {
    return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  }

  function inbox(form) {
    var rows = Array.prototype.slice.call(form.querySelectorAll(".gs-inbox-row"));
    var boxes = Array.prototype.slice.call(form.querySelectorAll(".gs-inbox-pick"));
    var all = form.querySelector("[data-pick-all]");
    var count = form.querySelector("[data-picked]");
    var sheet = document.querySelector(".gs-keys");
    var line = document.querySelector(".gs-key-line");
    var here = -1;

    function tell() {
      var picked = boxes.filter(function (box) { return box.checked; }).length;
      if (count) { count.textContent = picked ? count.dataset.words.replace("#", picked) : ""; }
      if (all) {
        all.checked = picked > 0 && picked === boxes.length;
        all.indeterminate = picked > 0 && picked < boxes.length;
      }
    }

    function go(step) {
      if (here >= 0) { rows[here].classList.remove("gs-inbox-here"); }
      here = Math.max(0, Math.min(rows.length - 1, here + step));
      rows[here].classList.add("gs-inbox-here");
      rows[here].querySelector(".gs-inbox-title a").focus();
      rows[here].scrollIntoView({ block: "nearest" });
    }

    var keys = {
      j: function () { go(1); },
      k: function () { go(-1); },
      x: function () {
        var box = here >= 0 && rows[here].querySelector(".gs-inbox-pick");
        if (box) { box.checked = !box.checked; tell(); }
      },
      o: function () { if (here >= 0) { rows[here].querySelector(".gs-inbox-title a").click(); } },
      "?": function () { sheet.showModal(); }
    };

    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || sheet.open) { return; }
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    if (all) {
      all.parentNode.hidden = false;
      all.addEventListener("change", function () {
        boxes.forEach(function (box) { box.checked = all.checked; });
        tell();
      });
    }
    line.hidden = false;
    line.querySelector("[data-keys-open]").addEventListener("click", function () { sheet.showModal(); });
    form.addEventListener("change", tell);
    window.addEventListener("pageshow", tell);
  }

  /* Rows are added in place; without a script the server sends the form back with more of them. */
  function rows(box) {
    var body = box.querySelector("tbody");
    function add() {
      var last = body.querySelector("[data-row]:last-child");
      var number = parseInt(last.querySelector(".gs-row-number").textContent, 10) + 1;
      var row = last.cloneNode(true);
      row.querySelector(".gs-row-number").textContent = number;
      row.querySelectorAll("[name]").forEach(function (control) {
        ["name", "id"].forEach(function (key) { control[key] = control[key].replace(/-\d+-/, "-" + number + "-"); });
        control.setAttribute("aria-label", control.getAttribute("aria-label").replace(/\d+/, number));
        if (control.type === "checkbox") { control.checked = control.name.endsWith("-opened"); } else { control.value = ""; }
      });
      body.appendChild(row);
      row.querySelector("input").focus();
    }
    box.querySelector("[data-add-row]").addEventListener("click", function (event) {
      event.preventDefault();
      add();
    });
  }

  function suggestions(input) {
    var list = document.getElementById(input.getAttribute("list"));
    var timer;
    input.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        if (!input.value.trim()) { return; }
        fetch(input.dataset.suggest + "?q=" + encodeURIComponent(input.value.trim()))
          .then(function (answer) { return answer.ok ? answer.json() : []; })
          .then(function (found) {
            list.replaceChildren.apply(list, found.map(function (text) {
              var option = document.createElement("option");
              option.value = text;
              return option;
            }));
          })
          .catch(function () { list.replaceChildren(); });
      }, 200);
    });
  }

  /* Leaving with something typed asks first. */
  function guard(form) {
    var dirty = false;
    form.addEventListener("input", function () { dirty = true; });
    form.addEventListener("submit", function () { dirty = false; });
    window.addEventListener("beforeunload", function (event) { if (dirty) { event.preventDefault(); } });
  }

  /* The next lot follows by itself, a moment later so that one can stop. */
  function follow(form) {
    window.setTimeout(function () { form.requestSubmit(); }, 600);
  }

  document.querySelectorAll("[data-inbox]").forEach(inbox);
  document.querySelectorAll("[data-continue]").forEach(follow);
  document.querySelectorAll("[data-rows]").forEach(rows);
  document.querySelectorAll("[data-suggest]").forEach(suggestions);
  document.querySelectorAll("[data-guard]").forEach(guard);
}());
