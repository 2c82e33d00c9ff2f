# callsheet: `make demo` shows it, `make test` checks it.

DEMO := examples/demo
PROMPT := "Вертикальный ролик на 20 секунд для соцсетей. Тезисы: сценарий, правила, видео"

.PHONY: help demo test fmt clippy leftovers doc deny book unit browser bench

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | column -t -s "$$(printf '\t')" 2>/dev/null \
		|| grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST)

demo: ## install ffmpeg where it is missing, build, make the demo's media, render the demo
	@.ci/install-ffmpeg
	cargo build --release --locked
	@examples/media.sh demo
	target/release/callsheet render $(DEMO)/scenario.json -o $(DEMO)/out.mp4 --force
	target/release/callsheet generate --offline --prompt $(PROMPT) examples/media/talk.mp4 examples/media/reel.mp4 \
		-o $(DEMO)/draft.json --force
	target/release/callsheet render $(DEMO)/draft.json -o $(DEMO)/draft.mp4 --force
	@echo
	@echo "the video is $(CURDIR)/$(DEMO)/out.mp4"
	@echo "and one that was drafted from two clips and a prompt: $(CURDIR)/$(DEMO)/draft.mp4"
	@echo "what made it:  target/release/callsheet plan $(DEMO)/scenario.json"

test: fmt clippy leftovers doc deny book unit ## all that CI runs

fmt:
	cargo fmt --check

clippy:
	cargo clippy --all-targets --locked -- -D warnings

leftovers:
	@if grep -rnE '\b(dbg!|todo!|unimplemented!|FIXME|XXX)' src tests/*.rs tests/suite/*.rs benches; then \
		echo "leftovers: finish them or take them out"; exit 1; fi

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --quiet

deny:
	@if command -v cargo-deny >/dev/null 2>&1; then cargo deny --log-level error check licenses bans sources; \
	else echo "cargo-deny is not installed: licences and sources are not checked (cargo install cargo-deny)"; fi

book: ## build the manual into target/book, by mdBook
	@.ci/book

unit:
	@.ci/install-ffmpeg
	CALLSHEET_BROWSER_PYTHON="$${CALLSHEET_BROWSER_PYTHON-$$(.ci/browser)}" cargo test --locked

browser: ## try the pages alone in Chromium, which is installed where it is missing
	@.ci/install-ffmpeg
	CALLSHEET_BROWSER_PYTHON="$${CALLSHEET_BROWSER_PYTHON-$$(.ci/browser)}" cargo test --locked --test integration page::

bench: ## compare the compiler with a mapping by hand and other languages, and the render with decode-and-encode alone
	benches/compile.sh
	benches/render.sh
