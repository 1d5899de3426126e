"""The golden set: every kind of document that people hold, made of the sample and set as pictures to be looked at.

Needs LibreOffice, poppler and Chromium on this machine; nothing of the program or its tests does. Writes <to>/documents and
<to>/pictures, and <to>/measures.txt with what can be measured: overflow of pages, pages of documents.
"""

import argparse
import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines import cycle
from pipelines.bulletin.draft import draft_bulletin
from pipelines.bulletin.letter import make_mails
from pipelines.bulletin.shelf import Shelf
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.remind import remind
from pipelines.report.write import write_bulletin
from pipelines.returns.write import list_returns
from pipelines.sample import write_sample
from pipelines.send.addresses import Addressee, unit_mailboxes
from pipelines.send.compose import Mail
from pipelines.templates.workbook import make_template
from pipelines.templates.write import owed_tables

FIRST, SECOND = "sd-vocational-week-2020", "nx-canteen-safety-2020"
BULLETINS = (
    (FIRST, "daily", "2020-11-10T20:00:00"),
    (FIRST, "final", "2020-11-30T00:00:00"),
    (SECOND, "daily", "2021-01-04T12:00:00"),
    (SECOND, "final", "2021-02-28T00:00:00"),
)
WIDTHS = (360, 768, 1280, 1920)
MAILED_AT = "2020-11-10T18:05:00"
TOOLS = {
    "soffice": "libreoffice-writer libreoffice-calc",
    "pdftoppm": "poppler-utils",
    "chromium": "chromium",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("build/gallery"))
    parser.add_argument(
        "--recipients", type=int, default=None, help="units of the sample; all where left out"
    )
    given = parser.parse_args()
    missing = {tool: packages for tool, packages in TOOLS.items() if not shutil.which(tool)}
    if missing:
        sys.exit(f"gallery: not on this machine: {', '.join(missing)} (Debian: {' '.join(missing.values())})")
    shutil.rmtree(given.to, ignore_errors=True)
    documents, pictures = given.to / "documents", given.to / "pictures"
    documents.mkdir(parents=True)
    pictures.mkdir()
    with TemporaryDirectory() as work:
        homes = {
            name: make_home(load_notice(name), Path(work) / name, given.recipients)
            for name in (FIRST, SECOND)
        }
        evening = make_home(
            load_notice(FIRST), Path(work) / "evening", given.recipients, datetime.fromisoformat(MAILED_AT)
        )
        make_bulletins(homes, documents)
        first = load_notice(FIRST)
        make_mail_pages(first, homes[FIRST], evening, documents)
        make_returns(first, homes[FIRST], documents)
        make_templates(first, documents)
    measures = [*set_documents(documents, pictures), *set_pages(documents, pictures)]
    (given.to / "measures.txt").write_text("\n".join(measures) + "\n", "utf-8")
    print("\n".join(measures))
    print(f"gallery: {len(list(pictures.glob('*.png')))} pictures in {pictures}")


def make_home(notice: Notice, work: Path, recipients: int | None, until: datetime | None = None) -> Home:
    """The notice's sample, as collected at a moment: its end where none is given."""
    made = write_sample(notice, work, seed=7, recipients=recipients, rows=3, until=until)
    home = Home(work / "home")
    cycle.run(home, notice, made.inbox, made.now)
    return home


def make_bulletins(homes: dict[str, Home], to: Path) -> None:
    for name, cadence, moment in BULLETINS:
        written = write_bulletin(
            homes[name].published,
            load_notice(name),
            cadence,
            datetime.fromisoformat(moment),
            to,  # type: ignore[arg-type]
        )
        for path in written.paths:
            path.rename(to / f"bulletin-{name[:2]}-{cadence}{path.name[len(written.paths[0].stem) :]}")


def make_mail_pages(notice: Notice, home: Home, evening: Home, to: Path) -> None:
    """One mail of each kind: the HTML body, as a phone shows it."""
    found: dict[str, Mail] = {}
    for at, moment in ((evening, MAILED_AT), (home, "2020-12-01T07:05:00")):
        for mail in remind(at, notice, datetime.fromisoformat(moment)).queued:
            found.setdefault(f"{mail.purpose}-{moment[5:10]}", mail)
    issued = datetime.fromisoformat(BULLETINS[0][2])
    stem = draft_bulletin(home, notice, issued)
    shelf = Shelf(home, notice.id)
    record, (code, box) = shelf.read(stem), next(iter(unit_mailboxes(home, notice, issued).items()))
    found["bulletin"] = make_mails(notice, record, shelf.draft(stem), [Addressee(code, box)])[0]
    for name, mail in found.items():
        body = mail.html
        for file in mail.files:
            if file.place == "inline":
                (to / file.name).write_bytes(file.content)
                body = body.replace(f"cid:{html.escape(file.name)}", file.name)
        (to / f"mail-{name}.html").write_text(body, "utf-8")
        (to / f"mail-{name}.txt").write_text(f"{mail.subject}\n\n{mail.text}", "utf-8")


def make_returns(notice: Notice, home: Home, to: Path) -> None:
    """Four letters and two returned workbooks."""
    kinds = {".docx": 4, ".xlsx": 2}
    for one in list_returns(home, notice):
        suffix = Path(one.file).suffix
        if kinds.get(suffix):
            kinds[suffix] -= 1
            shutil.copy(home.returns(notice.id) / one.file, to / f"return-{kinds[suffix]}{suffix}")


def make_templates(notice: Notice, to: Path) -> None:
    unit = notice.recipients[0]
    for name in owed_tables(notice, unit):
        (to / f"template-{name}.xlsx").write_bytes(make_template(notice, name, unit))


def set_documents(documents: Path, pictures: Path) -> Iterable[str]:
    """docx and xlsx as pages."""
    office = sorted([*documents.glob("*.docx"), *documents.glob("*.xlsx")])
    for path in office:
        with TemporaryDirectory() as folder:
            run("soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf",
                "--outdir", folder, path)  # fmt: skip
            pdf = Path(folder) / f"{path.stem}.pdf"
            name = path.name.replace(".", "-")
            run("pdftoppm", "-r", "60", "-png", pdf, pictures / name)
            info = run("pdfinfo", pdf)
            yield f"{path.name}: {re.search(r'Pages: +(.*)', info)[1]} pages, {re.search(r'Page size: +(.*)', info)[1]}"  # type: ignore[index]


def set_pages(documents: Path, pictures: Path) -> Iterable[str]:
    """Pages at each width and printed; mails at 360 pixels. A page wider than its window is said."""
    for path in sorted(documents.glob("*.html")):
        is_mail = path.name.startswith("mail-")
        for width in WIDTHS[:1] if is_mail else WIDTHS:
            wide, high = measure(path, width)
            note = "" if wide <= width else "  <-- OVERFLOW"
            yield f"{path.name} at {width}: {wide} wide, {high} high{note}"
            chromium(f"--screenshot={(pictures / f'{path.stem}-{width}.png').absolute()}",
                     f"--window-size={max(width, 500)},{min(high, 9000)}", frame(path, width, min(high, 9000)))  # fmt: skip
        if not is_mail:
            with TemporaryDirectory() as folder:
                pdf = Path(folder) / "page.pdf"
                chromium("--no-pdf-header-footer", f"--print-to-pdf={pdf}", path)
                run("pdftoppm", "-r", "60", "-png", pdf, pictures / f"{path.stem}-print")
                yield f"{path.name} printed: {re.search(r'Pages: +(.*)', run('pdfinfo', pdf))[1]} pages"  # type: ignore[index]


def frame(path: Path, width: int, height: int) -> Path:
    """A page that shows another at exactly this width: a window of its own cannot be narrower than 500."""
    found = path.with_suffix(f".{width}.frame")
    found = found.with_name(f"frame-{path.stem}-{width}.htm")
    found.write_text(
        f'<!doctype html><meta charset="utf-8"><body style="margin:0"><iframe id="page" src="{path.name}" '
        f'style="border:0;width:{width}px;height:{height}px"></iframe><script>'
        "onload=function(){var d=document.getElementById('page').contentDocument.documentElement;"
        "document.title='size '+d.scrollWidth+' '+d.scrollHeight}</script>",
        "utf-8",
    )
    return found


def measure(path: Path, width: int) -> tuple[int, int]:
    """How wide and high a page gets in a window of this width."""
    shown = chromium("--dump-dom", f"--window-size={max(width, 500)},900", frame(path, width, 900))
    found = re.search(r"<title>size (\d+) (\d+)", shown)
    if not found:
        sys.exit(f"gallery: {path} could not be measured")
    return int(found[1]), int(found[2])


def chromium(*arguments: object) -> str:
    with TemporaryDirectory() as profile:
        return run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                   "--allow-file-access-from-files", f"--user-data-dir={profile}", "--virtual-time-budget=3000",
                   *(one.absolute().as_uri() if isinstance(one, Path) else one for one in arguments))  # fmt: skip


def run(*words: object) -> str:
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=240)
    if done.returncode:
        sys.exit(f"gallery: {words[0]}: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
