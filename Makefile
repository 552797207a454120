# Targets are listed by `make help`. Only python3 (>= 3.11) with pip, make and PyPI are
# needed; `lint` and `deploy` run Node programs from the npm registry.
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
COMPILED := .venv/.compiled
SETUP_PYTHON := $(or $(PYTHON),python3)
# A second environment: packages for scores need a newer Python.
IN_BENCH := UV_PROJECT_ENVIRONMENT=build/bench-venv .tools/bin/uv run --frozen --quiet --group bench --python $(BIN)/python python
# A third one: other projects' image readers are large, and nothing else needs them.
IN_READERS := UV_PROJECT_ENVIRONMENT=build/readers-venv .tools/bin/uv run --frozen --quiet --group readers --python $(BIN)/python python
# A fourth one, for the site of docs/.
IN_DOCS := UV_PROJECT_ENVIRONMENT=build/docs-venv .tools/bin/uv run --frozen --quiet --only-group docs --python $(BIN)/python
export IMAGE PORT URL KEY
# Without bytecode every process compiles all its imports, which takes longer than most of its work.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo up wheel typescript test test-programs models fuzz lint synth check-account bootstrap diff deploy smoke delivery destroy reference docs openapi bench bench-local bench-edges bench-stalled bench-cold bench-codecs bench-memory bench-scores bench-targets bench-best-format bench-attack bench-upscale bench-upscale-quality bench-crops bench-words scene-head bench-contract bench-interop bench-conformance bench-emulators bench-optimize bench-url chaos calibrate costs audit sbom lock image clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml uv.lock layers/domain/python/imgopt/version.py local/environment.py local/uv.txt
	@$(SETUP_PYTHON) -S local/old_python.py
	@$(SETUP_PYTHON) -S local/environment.py
	@touch $@

demo: $(READY) ## optimize images on a temporary local cloud (IMAGE="a.jpg b.png")
	@$(BIN)/python -m local.demo

up: $(READY) ## run the service on http://127.0.0.1:8080 (PORT=...) until Ctrl-C; data are kept in .local/
	@$(BIN)/python -m local.up

wheel: $(READY) ## build the Python client with its command line as a wheel in build/
	@$(BIN)/python -m hatchling build --target wheel --directory build

typescript: $(READY) ## build the TypeScript client into build/
	@$(BIN)/python -m typescript_client.build

# Tests of other programs and of recipes. They change seldom, and take long to install, compile and start.
OTHER_PROGRAMS := $(wildcard tests/e2e/test_recipe_*.py) tests/e2e/test_imgproxy_clients.py tests/e2e/test_generated_clients.py \
	tests/infrastructure/test_built_site.py

# The collection writes bytecode once per environment. The tests' processes compile later changes.
test: $(READY) ## run the tests, except those of test-programs
	@$(BIN)/python -m local.synth & \
	test $(COMPILED) -nt $(READY) || { $(BIN)/python -m pytest --collect-only -qq >/dev/null; touch $(COMPILED); }; \
	wait $$!
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder $(OTHER_PROGRAMS:%=--ignore=%)

test-programs: $(READY) ## run the tests of recipes, generated clients and imgproxy's clients
	@$(BIN)/python -m local.synth
	@$(BIN)/python -m pytest $(OTHER_PROGRAMS)

models: $(READY) ## download and convert all neural networks, once per user
	@$(BIN)/python -m gpu_container.models

fuzz: $(READY) ## send 20,000 damaged files through the pipeline
	@$(BIN)/python -m benchmarks.fuzz

lint: $(READY) ## check code, types, imports, regular expressions, prose, workflows, templates and state machines
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

check-account: $(READY) ## check what your AWS account lacks for a deployment (ARGS="-c key=value")
	@$(BIN)/python -m cdk.account $(ARGS)

bootstrap: $(READY) ## prepare an AWS account and region for the CDK, once (ARGS=aws://ACCOUNT/REGION)
	@$(BIN)/python -m cdk.account.signed_in bootstrap $(ARGS)

diff: $(READY) ## show what a deployment would change (ARGS="-c key=value")
	@$(BIN)/python -m cdk.account.signed_in diff $(ARGS)

deploy: $(READY) ## deploy to your AWS account (ARGS="-c key=value --require-approval never")
	@$(BIN)/python -m cdk.account.signed_in deploy --all $(ARGS)

smoke: $(READY) ## optimize one image with a running service (URL=https://..., KEY=... if guests are not allowed)
	@$(BIN)/python -m cdk.smoke

delivery: $(READY) ## set up deployments by GitHub or a pipeline (ARGS="-c github_repository=OWNER/NAME")
	@$(BIN)/python -m cdk.account.signed_in deploy --all --app "$(BIN)/python -m cdk.delivery" --output build/delivery.out $(ARGS)

destroy: $(READY) ## delete stacks (STACKS="NAME ..."); table, buckets, users and the signing secret are kept
	@$(BIN)/python -m cdk.account.signed_in destroy $(or $(STACKS),--all) $(ARGS)

reference: $(READY) ## generate the pages of docs/reference that are made from code
	@$(BIN)/python -m docs.reference.generate

docs: $(READY) ## build the site of docs/ into build/site
	@$(BIN)/python -m docs.drawings
	@NO_MKDOCS_2_WARNING=1 $(IN_DOCS) mkdocs build --strict

openapi: $(READY) ## print the served OpenAPI document
	@$(BIN)/python -m functions.api.openapi

bench: bench-local bench-edges bench-stalled bench-cold bench-codecs bench-memory bench-upscale bench-upscale-quality ## run all benchmarks

bench-local: $(READY) ## measure set-up time, job overhead and 40 jobs at once
	@$(BIN)/python -m benchmarks.local

bench-edges: $(READY) ## measure status streams, 200 jobs of 50 guests at once, and the latency of calls
	@$(BIN)/python -m benchmarks.edges

bench-stalled: $(READY) ## measure the costs of clients that stall, or send bodies that are slow to parse
	@$(BIN)/python -m benchmarks.stalled

bench-cold: $(READY) ## measure the cold start of each function, and the size of its layers
	@$(BIN)/python -m benchmarks.cold

bench-codecs: $(READY) ## compare bytes and CPU time with sharp and Pillow (QUICK=1: few images)
	@$(IN_BENCH) -m benchmarks.codecs $(if $(QUICK),--quick)

calibrate: $(READY) ## print the native quality of each encoder that looks like each quality of jpegli
	@$(IN_BENCH) -m benchmarks.calibrate

bench-scores: $(READY) ## compare the scores of jobs with those of whole images, and measure their cost
	@$(BIN)/python -m benchmarks.scores

bench-targets: $(READY) ## measure the savings and the encodings of a search for a score (ARGS="webp 80")
	@$(BIN)/python -m benchmarks.targets $(ARGS)

bench-best-format: $(READY) ## compare auto with the best single format for each image, for benchmarks/BEST.md
	@$(BIN)/python -m benchmarks.best_format

bench-upscale: $(READY) ## measure speed, seams and memory of upscaling
	@$(IN_BENCH) -m benchmarks.upscale

bench-upscale-quality: $(READY) ## compare upscaling with Lanczos and with other networks, and draw crops
	@$(IN_BENCH) -m benchmarks.upscale_quality
	@$(IN_BENCH) -m benchmarks.upscale_pictures

bench-crops: $(READY) ## count the crops that keep a face, for benchmarks/CROPS.md
	@$(BIN)/python -m benchmarks.crops

bench-words: $(READY) ## measure offline tags on labelled images, for benchmarks/WORDS.md (ARGS=--later or --tuning)
	@$(BIN)/python -m benchmarks.tagging $(ARGS)

scene-head: $(READY) ## train the classifier of scenes again on labelled images; on Debian
	@$(BIN)/python -m benchmarks.scene_head

bench-memory: $(READY) ## measure the memory of large images and of decompression bombs
	@$(BIN)/python -m benchmarks.memory

bench-attack: $(READY) ## measure CPU time and memory per credit of the worst known inputs
	@$(BIN)/python -m benchmarks.attack

bench-contract: $(READY) ## check the answers to thousands of generated requests against the OpenAPI document
	@$(BIN)/python -m benchmarks.contract

bench-interop: $(READY) ## open every output format with other programs, for benchmarks/INTEROP.md
	@$(IN_READERS) -m benchmarks.interop

bench-conformance: $(READY) ## compare how the service and a second decoder read image files of other projects
	@$(IN_BENCH) -m benchmarks.conformance

bench-emulators: $(READY) ## compare emulators of AWS that run without Docker, each in an environment of its own (ARGS=moto)
	@$(BIN)/python -m benchmarks.emulators $(ARGS)

chaos: $(READY) ## kill, stop and starve the service while it works (ten minutes; ONLY=full-disk)
	@$(BIN)/python -m benchmarks.chaos $(if $(ONLY),--only $(ONLY))

bench-optimize: $(READY) ## measure the overhead of the stage Optimize besides the work on pixels
	@$(BIN)/python -m benchmarks.optimize

bench-url: $(READY) ## compare variants of image URLs with a bare loop of libvips (QUICK=1: some seconds)
	@$(BIN)/python -m benchmarks.url $(if $(QUICK),--quick)

costs: $(READY) ## estimate what AWS charges for a thousand images
	@$(BIN)/python -m benchmarks.costs

audit: $(READY) ## check locked components for known vulnerabilities (exit code 3: not audited)
	@$(BIN)/python -m supply_chain.audit

sbom: $(READY) ## write a bill of materials to build/sbom.cdx.json (CycloneDX 1.6)
	@$(BIN)/python -m supply_chain.sbom

lock: $(READY) ## update uv.lock, the requirements exported from it, and npm's locks
	@.tools/bin/uv lock --upgrade
	@.tools/bin/uv export --frozen --quiet --only-group uv --no-annotate --no-header --output-file local/uv.txt
	@$(BIN)/python -m cdk.layers
	@$(BIN)/python -m gpu_container.requirements
	@$(BIN)/python -m supply_chain.npm
	@$(BIN)/python -m supply_chain.vendored

image: $(READY) ## build the GPU worker's image to build/image.tar, and print its digest; needs Docker
	@$(BIN)/python -m gpu_container.image

clean: ## delete everything that was built, and the data in .local/
	@rm -rf .venv .tools build .local demo-results
