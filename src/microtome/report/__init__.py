"""The report of a run: one HTML file that needs nothing else, and its figures for notebooks."""

from microtome.report import figures
from microtome.report.glossary import GLOSSARY
from microtome.report.page import render_report, write_report
from microtome.report.sheet import Part, write_sheet

__all__ = ["GLOSSARY", "Part", "figures", "render_report", "write_report", "write_sheet"]
