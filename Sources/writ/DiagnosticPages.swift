// grammar/DIAGNOSTICS.md as it stood when this was built: an installed program has no grammar
// folder. Made by the test `the program carries the pages of the grammar` with WRIT_RECORD=1.
let diagnosticsMarkdown = #####"""

  """#####
