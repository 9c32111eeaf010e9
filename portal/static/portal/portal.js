// Small conveniences. Every page works without this file.

// A failed form: lead the reader to the summary, and put the cursor where an entry of it points.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
