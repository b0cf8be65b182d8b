"""Several forms of output in one call, each with its file, paired by the order of the options."""

from pathlib import Path

import click

#: The options whose order counts.
_PAIRED = ("forms", "outputs")
#: A form and the file that it goes to, None for standard output.
Target = tuple[str, Path | None]


class Targeted(click.Command):
    """A command with repeated --format and -o, which pairs them by their order as the parameter `targets`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; click reports the order of options only here."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:  # that is completion, which runs nothing
            values = {name: iter(ctx.params.pop(name)) for name in _PAIRED}
            words = [next(values[option.name]) for option in order if option.name in values]
            ctx.params["targets"] = _targets(ctx, words)
        return rest


def _targets(context: click.Context, words: list[str | Path]) -> tuple[Target, ...]:
    """Return forms with their files: a file takes the form before it, or else that of its ending."""
    from kg.output.reports.formats import ENDINGS

    targets: list[Target] = []
    waiting: str | None = None
    for word in words:
        if isinstance(word, str):
            targets += [(waiting, None)] if waiting else []
            waiting = word
            continue
        if not waiting and word != Path("-") and word.suffix not in ENDINGS:
            known = ", ".join(ENDINGS)
            context.fail(f"'{word}' has no known ending: put --format before -o, or use the ending {known}")
        targets.append((waiting or ENDINGS.get(word.suffix, "text"), None if word == Path("-") else word))
        waiting = None
    if waiting or not targets:
        targets.append((waiting or "text", None))
    shown = [form for form, output in targets if output is None]
    if len(shown) > 1:
        context.fail(f"only one format can go to standard output, not {' and '.join(shown)}: name files with -o")
    files = [output.resolve() for _, output in targets if output]
    if twice := [file for file in files if files.count(file) > 1]:
        context.fail(f"'{twice[0]}' is named by two -o: name each file once")
    return tuple(targets)
