"""`python -m advisor.worker`."""

from advisor.worker.process import main

if __name__ == "__main__":
    main()
