// Colours rule sets: the words of the language, texts, comments, numbers and colours. The book's own highlighter knows none of it.
"use strict";

const PARTS = new RegExp(
    [
        "(?<text>\"(?:\\\\.|[^\"\\\\\\n])*\")",
        "(?<number>#[0-9a-fA-F]{6}\\b|-?\\b\\d+(?:\\.\\d+)?(?:s|px|%)?)",
        "(?<note>#.*)",
        "(?<![.\\w])(?<word>language|extend|setting|style|signal|decide|by|prompt|mentions|also|exactly|locked|rule|override|disable|" +
            "for|in|layer|when|require|make|if|then|else|each|or|and|not|either|is|one|of|exists|absent|length|true|false)(?![.\\w])",
    ].join("|"),
    "g",
);

for (const code of document.querySelectorAll("code.language-rules")) {
    const text = code.textContent;
    const parts = [];
    let end = 0;
    for (const found of text.matchAll(PARTS)) {
        const kind = Object.keys(found.groups).find((name) => found.groups[name] !== undefined);
        const part = document.createElement("span");
        part.className = `rules-${kind}`;
        part.textContent = found[0];
        parts.push(text.slice(end, found.index), part);
        end = found.index + found[0].length;
    }
    code.replaceChildren(...parts, text.slice(end));
}
