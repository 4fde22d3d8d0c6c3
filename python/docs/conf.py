"""The reference of the package, made from its docstrings: `just python-docs`."""

project = "Spiketime"
copyright = "the authors of Spiketime"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
html_theme = "alabaster"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_validation_checks = {"GL08", "PR01", "PR02", "PR03"}
nitpicky = False
