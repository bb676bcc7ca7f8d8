# Everything starts here: `make demo` and `make test` set the environment up themselves.
# The active virtual environment is used where there is one, else .venv.

PYTHON ?= python3
ENVIRONMENT := $(or $(VIRTUAL_ENV),.venv)
BIN := $(ENVIRONMENT)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-coco demo-design science test unit lint docs docs-serve pictures translations lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

setup: ## install everything; takes minutes once (mmcv is compiled), seconds afterwards
	@$(PYTHON) requirements/setup_env.py

demo: setup ## train and test a small RegNet on embedded data
	$(BIN)/python -m mmchan demo

demo-coco: setup ## train and test a small Mask R-CNN on embedded data: minutes
	$(BIN)/python -m mmchan demo-coco

demo-design: setup ## train 500 small networks of two design spaces and compare them: 20 minutes
	$(BIN)/python -m mmchan demo-design

science: setup ## test hypotheses on design spaces with Fashion-MNIST: 90 minutes, resumable
	$(BIN)/python benchmarks/science/run.py

test: setup lint ## style and the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations 15

unit: setup ## the quick tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow'

lint: setup ## style, and that imports go down the rooms only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

docs: setup ## build the site into build/docs, and the Chinese one into build/docs/zh_CN
	$(BIN)/python docs/_ext/photo_assets.py
	$(BIN)/python -m sphinx -W --keep-going -b html docs build/docs
	$(BIN)/python -m sphinx -W --keep-going -b html -D language=zh_CN docs build/docs/zh_CN

translations: setup ## bring docs/locale and README_zh-CN.md up to date with the English text
	$(BIN)/python docs/translate.py

docs-serve: docs ## build the site and serve it on http://127.0.0.1:8000
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory build/docs

pictures: docs ## draw the pictures of README and start page again; trains demo-coco unless it has run
	$(BIN)/python docs/_pictures/make.py

lock: setup ## pin the newest versions that requirements/*.in allow
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 \
		--custom-compile-command 'make lock' requirements/*.in --output-file requirements/lock.txt

clean: ## delete what builds and tests leave behind; .venv, data and work_dirs stay
	rm -rf build dist docs/api docs/families docs/models *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find docs/locale -name "*.mo" -delete
	find mmchan configs tools tests requirements benchmarks -name __pycache__ -prune -exec rm -rf {} +
