const search = document.getElementById("search");
const buttons = [...document.querySelectorAll(".kinds button")];
const cards = [...document.querySelectorAll(".card")].map((card) => ({
  card,
  entry: document.querySelector(`[data-for="${card.id}"]`),
  text: `${card.id} ${card.textContent}`.toLowerCase(),
  slides: [card, ...card.querySelectorAll("[data-slides]")].flatMap((part) => part.dataset.slides.split(", ")),
}));
function show() {
  // "slide 47" is what has to do with that slide, not a card with a 47 somewhere.
  const words = search.value.toLowerCase().match(/\bslides? \d+|\S+/g) ?? [];
  const has = ({ text, slides }, word) => {
    const slide = word.match(/^slides? (\d+)$/);
    return slide ? slides.includes(slide[1]) : text.includes(word);
  };
  const kinds = buttons.filter((button) => button.getAttribute("aria-pressed") === "true").map((button) => button.dataset.kind);
  let found = 0;
  for (const one of cards) {
    const { card, entry } = one;
    const shown = words.every((word) => has(one, word)) && (kinds.length === 0 || kinds.includes(card.dataset.kind));
    card.hidden = entry.hidden = !shown;
    found += shown;
  }
  for (const section of document.querySelectorAll("main section")) section.hidden = !section.querySelector(".card:not([hidden])");
  for (const list of document.querySelectorAll("nav ol")) {
    list.previousElementSibling.hidden = list.hidden = !list.querySelector("li:not([hidden])");
  }
  document.getElementById("found").textContent = words.length || kinds.length ? `${found} of ${cards.length}` : "";
  document.getElementById("nothing").hidden = found > 0;
}
document.querySelector(".find").hidden = false;
search.addEventListener("input", show);
for (const button of buttons) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    show();
  });
}
document.getElementById("clear").addEventListener("click", () => {
  search.value = "";
  for (const button of buttons) button.setAttribute("aria-pressed", false);
  show();
});
// A link to an experiment that the search hides shows it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target && (target.hidden || target.closest("[hidden]"))) {
    document.getElementById("clear").click();
    target.scrollIntoView();
  }
});
if (matchMedia("(max-width: 900px)").matches) document.getElementById("contents").open = false;
search.value = new URLSearchParams(location.search).get("q") ?? "";
if (search.value) show();
