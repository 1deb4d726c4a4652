import WritText

/// What an entry looks like on a screen of some width: its rows, and where the cursor stands.
public struct EditorScreen: Hashable, Sendable {
  public var rows: [String]
  /// From 0, in `rows`.
  public var cursorRow: Int
  /// In cells, from 0.
  public var cursorColumn: Int

  public init(rows: [String], cursorRow: Int, cursorColumn: Int) {
    self.rows = rows
    self.cursorRow = cursorRow
    self.cursorColumn = cursorColumn
  }
}

extension LineEditor {
  /// Lays the entry out; no row is wider than the screen, and no wide character is cut in two.
  ///
  /// The rows are broken here and not by the terminal, so that it is known where each stands after
  /// the screen was made narrower.
  public func screen(width: Int) -> EditorScreen {
    let width = max(width, 4)
    var screen = EditorScreen(rows: [], cursorRow: 0, cursorColumn: 0)
    var row = shownPrompt.truncated(toWidth: width - 2)
    var used = row.displayWidth
    let next = continuation.truncated(toWidth: width - 2)
    for index in 0...buffer.characters.count {
      if index == buffer.cursor {
        // The cursor needs a cell of its own behind a full row.
        if used >= width {
          screen.rows.append(row)
          row = ""
          used = 0
        }
        screen.cursorRow = screen.rows.count
        screen.cursorColumn = used
      }
      guard index < buffer.characters.count else { break }
      let character = buffer.characters[index]
      if character == "\n" {
        screen.rows.append(row)
        row = next
        used = next.displayWidth
        continue
      }
      let shown = String(character).printable
      let cells = shown.displayWidth
      if used + cells > width {
        screen.rows.append(row)
        row = ""
        used = 0
      }
      row += shown
      used += cells
    }
    screen.rows.append(row)
    screen.rows += menuRows(width: width)
    return screen
  }

  /// The candidates in columns; at most ten rows, and how many are left out.
  private func menuRows(width: Int) -> [String] {
    guard !menu.isEmpty else { return [] }
    let cell = min(width, (menu.map(\.displayWidth).max() ?? 0) + 2)
    let columns = max(1, width / max(cell, 1))
    let count = (menu.count + columns - 1) / columns
    var rows: [String] = []
    for index in 0..<min(count, 10) {
      var row = ""
      for candidate in stride(from: index, to: menu.count, by: count).map({ menu[$0] }) {
        let text = candidate.printable.truncated(toWidth: cell - 2)
        row += text + String(repeating: " ", count: max(0, cell - text.displayWidth))
      }
      while row.last == " " { row.removeLast() }
      rows.append(row)
    }
    if count > 10 { rows.append("…  \(menu.count)") }
    return rows
  }
}
