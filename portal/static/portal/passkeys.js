// Passkeys are asked for by allauth's scripts. Here they are offered only where the browser has them, and what went wrong is told in words.

// At an address that is a number, such as 127.0.0.1, browsers have none.
const named = !/^\[|^[\d.]+$/.test(location.hostname);
const able = named && "PublicKeyCredential" in window;
for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !able;
for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = able;

// The Enter key presses the button, too; the form goes out only with what the authenticator answered.
for (const form of document.querySelectorAll("form[data-passkey-form]")) {
  form.addEventListener("submit", (event) => event.preventDefault());
}

const problem = document.querySelector("[data-passkey-problem]");
const otherwise = problem?.textContent;
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  problem.firstElementChild.textContent = problem.dataset[event.detail.exception.name.toLowerCase()] ?? otherwise;
  problem.hidden = false;
});
