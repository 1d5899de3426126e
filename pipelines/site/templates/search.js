"use strict";
(() => {
  const index = JSON.parse(document.getElementById("index").textContent);
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const rows = index.rows.map((row) => {
    const about = [1, 3, 4].map((at) => index.texts[row[at]]).filter(Boolean).join(" · ");
    return { title: row[0], about, link: row[5], text: plain([row[0], index.texts[row[2]], about].join(" ")) };
  });
  const [form, input, said, found] = ["form", "words", "said", "found"].map((id) => document.getElementById(id));
  const MOST = 100;
  const show = (row) => {
    const item = document.createElement("li");
    const isOwn = /^materials\/i-[\w-]+\.html$/.test(row.link);
    const isLink = isOwn || /^https?:\/\//i.test(row.link);
    const title = item.appendChild(document.createElement(isLink ? "a" : "span"));
    title.textContent = row.title;
    if (isLink) {
      title.href = row.link;
      if (!isOwn) title.rel = "noopener noreferrer nofollow";
    } else title.className = "title";
    const about = document.createElement("span");
    about.className = "sub";
    about.textContent = row.about;
    item.append(" ", about);
    return item;
  };
  const search = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const hits = words.length ? rows.filter((row) => words.every((word) => row.text.includes(word))) : [];
    found.replaceChildren(...hits.slice(0, MOST).map(show));
    said.textContent = !words.length
      ? `共 ${rows.length} 件材料可查。`
      : `找到 ${hits.length} 件` + (hits.length > MOST ? `，只列前 ${MOST} 件，请再加一个词。` : "。");
  };
  document.getElementById("without").remove();
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", search);
  search();
})();
