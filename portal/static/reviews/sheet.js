// Counts along while a sheet is written: running points, lines filled, and where on the sheet she is. The page works without this file; then the
// server shows the same numbers after each save. Points are exact fractions of whole numbers, rounded once as the server rounds them
// (evaluations/reviews/points.py; a test compares the two).

const NOTHING = "–"; // where there are no points, and 0 would say that there are

// A fraction is [numerator, denominator], two BigInts; null is "could not be judged".
const add = ([a, b], [c, d]) => [a * d + c * b, b * d];

function mean(pairs) {
  const judged = pairs.filter(([, share]) => share !== null);
  const weight = judged.reduce((sum, [points]) => sum + points, 0n);
  if (!weight) return null;
  const [top, bottom] = judged.reduce((sum, [points, [a, b]]) => add(sum, [points * a, b]), [0n, 1n]);
  return [top, bottom * weight];
}

// The mark of a line among what is typed: a whole number, null where she cannot judge, undefined where there is none yet.
function mark(node, typed) {
  const text = (typed[`mark-${node.name}`] ?? "").trim();
  const lowest = node.levels ? 1 : 0;
  const number = /^(0|[1-9][0-9]{0,5})$/.test(text) ? Number(text) : -1;
  if (number >= lowest && number <= (node.levels ?? node.points)) return BigInt(number);
  return text === "cannot_judge" || (!text && typed[`unable-${node.name}`]) ? null : undefined;
}

function share(node, typed, zero) {
  if (node.below) return mean(node.below.map((below) => [BigInt(below.points), share(below, typed, zero)]));
  const given = mark(node, typed);
  if (given === null) return zero ? [0n, 1n] : null;
  if (node.levels) return [(given ?? 1n) - 1n, BigInt(node.levels - 1)];
  return [given ?? 0n, BigInt(node.points)];
}

function text([top, bottom]) {
  const hundredths = (200n * top + bottom) / (2n * bottom);
  const decimals = String(hundredths % 100n).padStart(2, "0").replace(/0+$/, "");
  return `${hundredths / 100n}${decimals && `.${decimals}`}`;
}

// The points a criterion has so far; null where its weight went to its neighbours.
export function points(node, typed, zero) {
  const given = share(node, typed, zero);
  return given && text([BigInt(node.points) * given[0], given[1]]);
}

// Is there a line that was judged, or that still may be?
function mayCount(node, typed) {
  return node.below ? node.below.some((below) => mayCount(below, typed)) : mark(node, typed) !== null;
}

// The same of a whole part; null where every line could not be judged: such a sheet is not counted, whatever the rule.
export function partPoints(part, typed) {
  return mayCount(part, typed) ? points(part, typed, part.zero) : null;
}

// Is everything there that a submission needs of this line?
export function isDone(line, typed) {
  const there = (name) => Boolean(typed[name]?.trim());
  const first = line.required[0];
  return line.required.every((name) => there(name) || (name === first && typed[line.unable]))
    && (line.needed ?? []).every(([name, by, answers]) => !answers.includes(typed[by]) || there(name));
}

function typedIn(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value && typeof value === "string"));
}

function follow(form) {
  const live = JSON.parse(form.dataset.live);
  const say = (name, value) => {
    for (const place of form.querySelectorAll(`[data-count="${name}"]`)) {
      if (place.textContent !== value) place.textContent = value;
    }
  };

  const count = () => {
    const typed = typedIn(form);
    for (const part of live.parts) {
      const counted = partPoints(part, typed);
      say(`points-${part.key}`, counted ?? NOTHING);
      form.querySelector(`[data-left-out="${part.key}"]`).hidden = counted !== null;
      for (const node of part.below) if (node.below) say(`points-${node.name}`, points(node, typed, part.zero) ?? NOTHING);
    }
    let all = 0;
    live.sections.forEach((blocks, section) => {
      let filled = 0;
      blocks.forEach((lines, block) => {
        const done = lines.filter((line) => isDone(line, typed)).length;
        say(`done-${section + 1}-${block + 1}`, String(done));
        filled += done;
      });
      say(`done-${section + 1}`, String(filled));
      all += filled;
    });
    say("done", String(all));
    form.querySelector("progress").value = all;
  };

  form.addEventListener("input", count);
  form.addEventListener("change", count);
  count();
}

// The entry of the contents that leads to what is on the screen: the last place above a line in the upper third of the window. The line
// sinks over the last stretch of the page, as what stands there never comes up to it.
function showPlace(guide) {
  const links = [...guide.querySelectorAll(".sheet-contents a")];
  const places = links.map((link) => document.getElementById(link.hash.slice(1)));
  let followed = null; // near the end an entry leads to a place that stays below the line
  let asked = 0;

  const look = () => {
    const page = document.documentElement;
    const left = page.scrollHeight - innerHeight - scrollY;
    const line = innerHeight - Math.min(Math.max(left, 0), innerHeight * 0.7);
    const passed = places.findLastIndex((place) => place.getBoundingClientRect().top <= line);
    const here = followed ?? links[Math.max(passed, 0)];
    for (const link of links) link === here ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current");
    followed = null;
    asked = 0;
  };
  const later = () => { asked ||= requestAnimationFrame(look); };

  guide.addEventListener("click", (event) => {
    followed = event.target.closest(".sheet-contents a");
    if (followed) later();
  });
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  look();
}

const form = document.querySelector("form[data-live]");
if (form) {
  follow(form);
  showPlace(form.querySelector(".sheet-guide"));
  // On a phone the contents cover the sheet: closed until asked for, and again after the choice.
  const contents = form.querySelector(".sheet-contents");
  const narrow = matchMedia("(max-width: 1023px)");
  contents.open = !narrow.matches;
  contents.addEventListener("click", (event) => {
    if (narrow.matches && event.target.closest("a")) contents.open = false;
  });
}
