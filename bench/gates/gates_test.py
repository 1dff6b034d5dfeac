"""Each gate notices what is worse, and only that."""

import contextlib
import io
import unittest
import unittest.mock

from bench.gates import gates, measure


class Gates(unittest.TestCase):
    """What a gate compares, and how it counts."""

    def test_each_recorded_figure_that_gets_worse_is_named_with_the_old_and_the_new_one(
        self,
    ) -> None:
        self.assertEqual(set(gates.recorded()), set(gates.GATES))
        for gate, figures in gates.recorded().items():
            for name, old in figures.items():
                new = old * 1.01 if old != 0 else 0.01
                with self.subTest(gate=gate, figure=name):
                    problems = list(gates.worse(figures, {**figures, name: new}))
                    self.assertEqual(problems, [f"{name}: was {old}, is {new}"])

    def test_a_figure_that_is_better_or_the_same_passes(self) -> None:
        for figure in (99.0, 100.0):
            self.assertEqual(list(gates.worse({"bytes": 100.0}, {"bytes": figure})), [])

    def test_a_figure_that_is_not_recorded_fails(self) -> None:
        self.assertEqual(len(list(gates.worse({}, {"bytes": 1.0}))), 1)

    def test_a_gate_that_fails_says_the_old_and_the_new_figure(self) -> None:
        for gate in ("sizes", "compiling"):  # which take no time
            figures = gates.GATES[gate]()
            for name, new in figures.items():
                old = {**figures, name: new * 0.99}
                said = io.StringIO()
                with (
                    self.subTest(gate=gate, figure=name),
                    unittest.mock.patch.object(gates, "recorded", return_value={gate: old}),
                    contextlib.redirect_stdout(said),
                ):
                    self.assertFalse(gates.check(gate))
                self.assertIn(f"FAILED: {gate}: {name}: was {old[name]}, is {new}", said.getvalue())

    def test_the_cost_of_a_request_is_what_the_longer_run_has_more(self) -> None:
        short = measure.Counts(1000, 20, 3)
        long = measure.Counts(4000, 50, 3)
        self.assertEqual(long.per_request(short, 10), measure.Counts(300, 3, 0))

    @unittest.skipIf(measure.missing(), measure.missing() or "")
    def test_each_kind_of_cost_that_a_program_adds_is_measured(self) -> None:
        plain = gates.shape("by_hand_1", 1)
        spoilt = gates.shape("spoilt", 1)
        self.assertGreater(
            spoilt["instructions per request"], plain["instructions per request"] + 10
        )
        self.assertEqual(spoilt["system calls per request"], 2)
        self.assertEqual(spoilt["heap allocations per request"], 1)
        self.assertEqual(len(list(gates.worse(plain, spoilt))), 3)

    def test_a_machine_without_valgrind_is_told_what_to_install(self) -> None:
        with unittest.mock.patch("shutil.which", return_value=None):
            self.assertIn("apt-get install valgrind", measure.missing() or "")


if __name__ == "__main__":
    unittest.main()
