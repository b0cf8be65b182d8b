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
        """Parse the arguments; only here does click tell the order of options."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:  # that is completion, which runs nothing
            values = {name: iter(ctx.params.pop(name)) for name in _PAIRED}
            given = [next(values[one.name]) for one in order if one.name in values]
            ctx.params["targets"] = _targets(ctx, given)
        return rest


def _targets(context: click.Context, given: list[str | Path]) -> tuple[Target, ...]:
    """Return forms with their files: a file takes the form before it, or else that of its ending."""
    found: list[Target] = []
    waiting: str | None = None
    for one in given:
        if isinstance(one, Path):
            found.append((waiting or _form(context, one), None if one == Path("-") else one))
            waiting = None
        else:
            found += [(waiting, None)] if waiting else []
            waiting = one
    if waiting or not found:
        found.append((waiting or "text", None))
    shown = [form for form, output in found if output is None]
    if len(shown) > 1:
        context.fail(f"only one form goes to standard output, not {' and '.join(shown)}: name files with -o")
    files = [output.resolve() for _, output in found if output]
    if twice := [file for file in files if files.count(file) > 1]:
        context.fail(f"'{twice[0]}' would be written twice")
    return tuple(found)


def _form(context: click.Context, output: Path) -> str:
    from kg.output.reports.formats import ENDINGS

    if output == Path("-"):
        return "text"
    if output.suffix not in ENDINGS:
        known = ", ".join(ENDINGS)
        context.fail(f"'{output}' does not tell its form: put --format before it, or use the ending {known}")
    return ENDINGS[output.suffix]
