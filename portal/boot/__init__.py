"""The launcher behind script/run and script/test. Standard library only: it runs before anything is installed."""
