"""Copies what the pages use of the front-end packages from node_modules into static/vendor, at set-up."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = HERE.parent.parent / "node_modules"
TARGET = HERE / "static" / "vendor"
AMSTERDAM = PACKAGES / "@amsterdam" / "design-system-css"
# Only the components the pages use: 20 kB rather than 161.
COMPONENTS = (
    *("body", "button", "text-input", "select", "text-area", "label", "field", "field-set", "error-message", "hint"),
    *("table", "breadcrumb", "alert", "badge", "skip-link", "visually-hidden"),
)
FILES = {
    "htmx.min.js": PACKAGES / "htmx.org" / "dist" / "htmx.min.js",
    "htmx-LICENSE.txt": PACKAGES / "htmx.org" / "LICENSE",
}


def stylesheet() -> str:
    """The components' CSS in one file; its colours and sizes are our own, in tokens.css."""
    parts = ["/* From @amsterdam/design-system-css, EUPL-1.2 */"]
    for component in COMPONENTS:
        css = (AMSTERDAM / "dist" / component / f"{component}.css").read_text("utf-8")
        parts.append(re.sub(r"/\*# sourceMappingURL.*?\*/", "", css).strip())
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the files anew."""
    TARGET.mkdir(exist_ok=True)
    (TARGET / "ams.css").write_text(stylesheet(), "utf-8")
    for name, source in FILES.items():
        if source.exists():
            (TARGET / name).write_bytes(source.read_bytes())


if __name__ == "__main__":
    main()
