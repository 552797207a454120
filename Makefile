# Targets are listed by `make help`. Only python3 (>= 3.11) with pip, make and PyPI are
# needed; `lint` and `deploy` run Node programs from the npm registry.
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
COMPILED := .venv/.compiled
SETUP_PYTHON := $(or $(PYTHON),python3)
# A second environment: the scores need packages that only newer Pythons have.
IN_BENCH := UV_PROJECT_ENVIRONMENT=build/bench-venv .tools/bin/uv run --frozen --quiet --group bench --python $(BIN)/python python
# A third one: other people's readers are large, and nothing else needs them.
IN_READERS := UV_PROJECT_ENVIRONMENT=build/readers-venv .tools/bin/uv run --frozen --quiet --group readers --python $(BIN)/python python
# A fourth one, for the site of docs/.
IN_DOCS := UV_PROJECT_ENVIRONMENT=build/docs-venv .tools/bin/uv run --frozen --quiet --only-group docs --python $(BIN)/python
export IMAGE PORT URL KEY
# Without bytecode every process compiles all that it imports, which takes longer than most of what they do.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo up wheel typescript test test-programs models fuzz lint synth check-account bootstrap diff deploy smoke delivery destroy imports reference docs openapi bench bench-local bench-edges bench-stalled bench-cold bench-codecs bench-memory bench-scores bench-targets bench-best-format bench-attack bench-upscale bench-upscale-quality bench-crops bench-words scene-head bench-contract bench-interop bench-conformance bench-emulators bench-optimize bench-url chaos calibrate costs audit sbom lock image clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml uv.lock layers/domain/python/imgopt/version.py local/environment.py local/uv.txt
	@$(SETUP_PYTHON) local/old_python.py
	@$(SETUP_PYTHON) local/environment.py
	@touch $@

demo: $(READY) ## optimize images on a throw-away local cloud (IMAGE="a.jpg b.png")
	@$(BIN)/python -m local.demo

up: $(READY) ## serve on http://127.0.0.1:8080 (or PORT) until Ctrl-C; data stays in .local/
	@$(BIN)/python -m local.up

wheel: $(READY) ## build the command-line client alone, for other machines, into build/
	@$(BIN)/python -m hatchling build --target wheel --directory build

typescript: $(READY) ## build the TypeScript client into build/
	@$(BIN)/python -m typescript_client.build

# Programs that others have made, and recipes: they change seldom, and take long to install, compile and start.
OTHER_PROGRAMS := $(wildcard tests/e2e/test_recipe_*.py) tests/e2e/test_imgproxy_clients.py tests/e2e/test_generated_clients.py

# The collection writes bytecode, once for an environment: what has changed since, the tests' processes compile.
test: $(READY) ## run the tests, but those of other programs
	@$(BIN)/python -m local.synth & \
	test $(COMPILED) -nt $(READY) || { $(BIN)/python -m pytest --collect-only -qq >/dev/null; touch $(COMPILED); }; \
	wait $$!
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder $(OTHER_PROGRAMS:%=--ignore=%)

test-programs: $(READY) ## run the tests of recipes, generated clients and imgproxy's clients
	@$(BIN)/python -m local.synth
	@$(BIN)/python -m pytest $(OTHER_PROGRAMS)

models: $(READY) ## make all networks from published weights, once per user
	@$(BIN)/python -m gpu_container.models

fuzz: $(READY) ## send 20,000 damaged files through the pipeline
	@$(BIN)/python -m benchmarks.fuzz

lint: $(READY) ## ruff, mypy, imports, regular expressions, prose, workflows, cfn-lint and the state machines
	@$(BIN)/python -m local.synth
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m tests.lint_patterns
	@$(BIN)/python -m tests.lint_prose
	@$(BIN)/actionlint .github/workflows/*.yml docs/recipes/*.yml
	@$(BIN)/cfn-lint build/cdk.out/*.template.json
	@for kind in STANDARD EXPRESS; do \
		$(BIN)/python -m cdk.definition $$kind > build/$$kind.asl.json && \
		$(BIN)/python -m cdk.node asl-validator --json-path build/$$kind.asl.json || exit 1; \
	done

synth: $(READY) ## write the CloudFormation templates and assets to build/cdk.out
	@$(BIN)/python -m local.synth

check-account: $(READY) ## tell what the AWS account of your credentials lacks (ARGS="-c key=value")
	@$(BIN)/python -m cdk.account $(ARGS)

bootstrap: $(READY) ## prepare an AWS account and region for the CDK, once (ARGS=aws://ACCOUNT/REGION)
	@$(BIN)/python -m cdk.account.signed_in bootstrap $(ARGS)

diff: $(READY) ## show what deploying would change (ARGS="-c key=value")
	@$(BIN)/python -m cdk.account.signed_in diff $(ARGS)

deploy: $(READY) ## deploy to the AWS account of your credentials (ARGS="-c key=value --require-approval never")
	@$(BIN)/python -m cdk.account.signed_in deploy --all $(ARGS)

smoke: $(READY) ## send one image through a service that runs (URL=https://..., KEY=... where it takes no guests)
	@$(BIN)/python -m cdk.smoke

delivery: $(READY) ## deploy what deploys: roles for GitHub, or a pipeline (ARGS="-c github_repository=OWNER/NAME")
	@$(BIN)/python -m cdk.account.signed_in deploy --all --app "$(BIN)/python -m cdk.delivery" --output build/delivery.out $(ARGS)

destroy: $(READY) ## delete the stacks; table, buckets, users and signing secret stay (STACKS="NAME ..." for some)
	@$(BIN)/python -m cdk.account.signed_in destroy $(or $(STACKS),--all) $(ARGS)

imports: $(READY) ## draw which packages of the domain import which, for docs/architecture.md
	@$(BIN)/python docs/imports.py

reference: $(READY) ## write the pages of docs/reference that are made from code
	@$(BIN)/python -m docs.reference.generate

docs: $(READY) ## build the site of docs/ into build/site
	@NO_MKDOCS_2_WARNING=1 $(IN_DOCS) mkdocs build --strict

openapi: $(READY) ## print the served OpenAPI document
	@$(BIN)/python -m functions.api.openapi

bench: bench-local bench-edges bench-stalled bench-cold bench-codecs bench-memory bench-upscale bench-upscale-quality ## run all benchmarks

bench-local: $(READY) ## measure set-up time, job overhead and 40 jobs at once
	@$(BIN)/python -m benchmarks.local

bench-edges: $(READY) ## measure status streams, 200 jobs of 50 guests at once, and how long calls take
	@$(BIN)/python -m benchmarks.edges

bench-stalled: $(READY) ## measure what clients cost who take nothing, or send what is hard to read
	@$(BIN)/python -m benchmarks.stalled

bench-cold: $(READY) ## measure what the start of each function takes, and its layers
	@$(BIN)/python -m benchmarks.cold

bench-codecs: $(READY) ## compare bytes and CPU time with sharp and Pillow (QUICK=1: few images)
	@$(IN_BENCH) -m benchmarks.codecs $(if $(QUICK),--quick)

calibrate: $(READY) ## print which native quality of each encoder looks like jpegli's q
	@$(IN_BENCH) -m benchmarks.calibrate

bench-scores: $(READY) ## compare the scores that jobs tell with those of whole pictures, and measure their cost
	@$(BIN)/python -m benchmarks.scores

bench-targets: $(READY) ## measure what a search for a score saves, and how many encodings it takes (ARGS="webp 80")
	@$(BIN)/python -m benchmarks.targets $(ARGS)

bench-best-format: $(READY) ## compare auto with the best single format for each image, for benchmarks/BEST.md
	@$(BIN)/python -m benchmarks.best_format

bench-upscale: $(READY) ## measure speed, seams and memory of upscaling
	@$(IN_BENCH) -m benchmarks.upscale

bench-upscale-quality: $(READY) ## compare what upscaling makes with Lanczos and with other networks, and draw crops
	@$(IN_BENCH) -m benchmarks.upscale_quality
	@$(IN_BENCH) -m benchmarks.upscale_pictures

bench-crops: $(READY) ## tell how many crops keep a face, for benchmarks/CROPS.md
	@$(BIN)/python -m benchmarks.crops

bench-words: $(READY) ## judge what is said offline of labelled pictures, for benchmarks/WORDS.md (ARGS=--later or --tuning)
	@$(BIN)/python -m benchmarks.tagging $(ARGS)

scene-head: $(READY) ## make the terms for scenes anew from labelled pictures; on Debian
	@$(BIN)/python -m benchmarks.scene_head

bench-memory: $(READY) ## measure the memory of large images, and that bombs take none
	@$(BIN)/python -m benchmarks.memory

bench-attack: $(READY) ## measure CPU time and memory per credit of the worst inputs that are known
	@$(BIN)/python -m benchmarks.attack

bench-contract: $(READY) ## check answers to thousands of made-up requests against the OpenAPI document
	@$(BIN)/python -m benchmarks.contract

bench-interop: $(READY) ## open every output format with other programs, for benchmarks/INTEROP.md
	@$(IN_READERS) -m benchmarks.interop

bench-conformance: $(READY) ## read image files of other projects with a second decoder too, and compare
	@$(IN_BENCH) -m benchmarks.conformance

bench-emulators: $(READY) ## compare emulators of AWS that run without Docker, each in an environment of its own (ARGS=moto)
	@$(BIN)/python -m benchmarks.emulators $(ARGS)

chaos: $(READY) ## kill, stop and starve the service while work is under way (ten minutes; ONLY=full-disk)
	@$(BIN)/python -m benchmarks.chaos $(if $(ONLY),--only $(ONLY))

bench-optimize: $(READY) ## measure what the stage Optimize takes beside its pixels
	@$(BIN)/python -m benchmarks.optimize

bench-url: $(READY) ## compare variants of image URLs with a bare loop of libvips (QUICK=1: some seconds)
	@$(BIN)/python -m benchmarks.url $(if $(QUICK),--quick)

costs: $(READY) ## estimate what AWS charges for a thousand images
	@$(BIN)/python -m benchmarks.costs

audit: $(READY) ## ask whether flaws are known of what is locked (3: not audited)
	@$(BIN)/python -m supply_chain.audit

sbom: $(READY) ## write a bill of materials to build/sbom.cdx.json (CycloneDX 1.6)
	@$(BIN)/python -m supply_chain.sbom

lock: $(READY) ## update uv.lock, what is exported from it, and npm's locks
	@.tools/bin/uv lock --upgrade
	@.tools/bin/uv export --frozen --quiet --only-group uv --no-annotate --no-header --output-file local/uv.txt
	@$(BIN)/python -m cdk.layers
	@$(BIN)/python -m gpu_container.requirements
	@$(BIN)/python -m supply_chain.npm
	@$(BIN)/python -m supply_chain.vendored

image: $(READY) ## build the GPU worker's image to build/image.tar, and print its digest: needs Docker
	@$(BIN)/python -m gpu_container.image

clean: ## remove everything that was built
	@rm -rf .venv .tools build .local demo-results
