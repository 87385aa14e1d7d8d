/*
 * Search box and lists of the open data portal on other sites; /embed shows the lines to copy.
 * Sets no cookie, writes no style, needs script-src and connect-src for the portal's address.
 * Without it the form and the links still lead to the portal.
 */
(function () {
  "use strict";

  var portal = new URL(document.currentScript.src).origin;

  function ask(question) {
    return fetch(portal + "/embed/entries.json?" + question, { credentials: "omit" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    });
  }

  function part(tag, name, text) {
    var made = document.createElement(tag);
    if (name) { made.className = name; }
    if (text) { made.textContent = text; }
    return made;
  }

  function link(url, text) {
    var made = part("a", "", text);
    if (url.indexOf(portal + "/") === 0) { made.href = url; }
    return made;
  }

  function line(entry, words) {
    var made = part("li");
    var facts = [entry.department, entry.openness_label, entry.updated].filter(Boolean).join(" · ");
    made.appendChild(link(entry.url, entry.title));
    made.appendChild(part("span", "govshare-facts", facts));
    if (entry.apply) { made.appendChild(link(entry.apply, words.apply)).className = "govshare-apply"; }
    return made;
  }

  function show(place, told) {
    var list = part("ul", "govshare-list");
    told.entries.forEach(function (entry) { list.appendChild(line(entry, told.words)); });
    place.textContent = "";
    place.appendChild(told.entries.length ? list : part("p", "", told.words.none));
    if (told.count > told.entries.length) {
      place.appendChild(part("p", "govshare-all")).appendChild(link(told.all, told.words.all));
    }
  }

  /* A list keeps the link inside it until the portal has answered. */
  document.querySelectorAll("[data-govshare-list]").forEach(function (place) {
    ask(place.getAttribute("data-govshare-list")).then(function (told) { show(place, told); }, function () {});
  });

  /* A search shows the first hits under the box; where that fails the form goes its usual way. */
  document.querySelectorAll("form[data-govshare-search]").forEach(function (form) {
    var place = part("div", "govshare-found");
    place.setAttribute("role", "status");
    form.parentNode.insertBefore(place, form.nextSibling);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      ask(new URLSearchParams(new FormData(form)).toString()).then(
        function (told) { show(place, told); },
        function () { form.submit(); }
      );
    });
  });
}());
