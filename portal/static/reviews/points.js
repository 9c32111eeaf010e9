// Running points of the sheet on this page, while it is written. What counts is calculated by the server when it is saved.

function share(line) {
  const levels = Number(line.dataset.levels);
  const chosen = line.querySelector("input[data-mark]:checked");
  const typed = line.querySelector("input[data-mark]:not([type=radio])");
  if (line.querySelector("input[data-unable]")?.checked || chosen?.value === "cannot_judge") return null;
  if (levels) return chosen ? (Number(chosen.value) - 1) / (levels - 1) : 0;
  return typed && /^[0-9]+$/.test(typed.value) ? Math.min(Number(typed.value) / Number(line.dataset.linePoints), 1) : 0;
}

function mean(pairs, zero) {
  const judged = pairs.map(([weight, part]) => [weight, part === null && zero ? 0 : part]).filter(([, part]) => part !== null);
  const weight = judged.reduce((sum, [one]) => sum + one, 0);
  return weight ? judged.reduce((sum, [one, part]) => sum + one * part, 0) / weight : null;
}

function show(section) {
  const zero = "zero" in section.dataset;
  const blocks = [...section.querySelectorAll("[data-block-points]")].map((block) => {
    const lines = [...block.querySelectorAll("[data-line-points]")].map((line) => [Number(line.dataset.linePoints), share(line)]);
    return [Number(block.dataset.blockPoints), mean(lines, zero)];
  });
  const points = (mean(blocks, zero) ?? 0) * Number(section.dataset.partPoints);
  section.querySelector("[data-running]").textContent = String(Math.round(points * 100) / 100);
}

for (const section of document.querySelectorAll("[data-part-points]")) {
  section.addEventListener("input", () => show(section));
  section.addEventListener("change", () => show(section));
}
