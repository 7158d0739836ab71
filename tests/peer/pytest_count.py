"""Counts what became of each test of a suite that pytest runs."""


class Count:
    """A plugin of pytest; what failed is told at once."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed += 1
            print(f"\nnot ok {report.nodeid} ({report.when})\n{report.longreprtext[-1500:]}", flush=True)
        elif report.skipped and not hasattr(report, "wasxfail"):
            self.skipped += 1
        elif report.when == "call":
            self.passed += 1

    def finish(self) -> int:
        print(f"\n{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 0 if self.passed and not self.failed else 1
