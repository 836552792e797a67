"""`python -m pipeline` is the same program as `episode-subtitles`."""

import sys

from pipeline.isolation import leave_current_folder

if __name__ == "__main__":
    leave_current_folder()  # before anything else is imported

    from pipeline.cli import main

    sys.exit(main())
