import WritText

/// The page's only script: it sorts tables and filters their rows. Without it nothing is missing.
///
/// A table that may be sorted has `data-sort`; a cell may say what it is sorted by in `data-v`.
/// Rows that belong together stand in a `tbody` of their own and move together.
enum PageScript {
  static func text(_ language: Language) -> String {
    let words =
      language == .english
      ? ("Filter rows", "rows shown: ") : ("筛选行", "显示行数：")
    return """
      "use strict";
      for (const table of document.querySelectorAll("table[data-sort]")) {
        const groups = () => {
          const bodies = [...table.tBodies];
          return bodies.length > 1 ? bodies : [...bodies[0].rows];
        };
        const row = item => item.rows ? item.rows[0] : item;
        const value = (item, column) => {
          const cell = row(item).cells[column];
          return cell ? cell.dataset.v ?? cell.textContent.trim() : "";
        };
        const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
        heads.forEach((head, column) => {
          if (!head.textContent.trim()) return;
          const button = document.createElement("button");
          button.type = "button";
          button.append(...head.childNodes);
          head.append(button);
          button.addEventListener("click", () => {
            const falls = head.getAttribute("aria-sort") === "descending";
            const isNumber = head.classList.contains("n");
            const first = head.hasAttribute("aria-sort") ? !falls : isNumber;
            const sign = first ? -1 : 1;
            heads.forEach(other => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", first ? "descending" : "ascending");
            const items = groups();
            const sorted = items.map((item, index) => [value(item, column), index, item]);
            sorted.sort((a, b) => {
              const order = isNumber ? Number(a[0]) - Number(b[0]) : a[0].localeCompare(b[0]);
              return (Number.isNaN(order) ? 0 : sign * order) || a[1] - b[1];
            });
            const parent = items[0].parentNode;
            const foot = table.tFoot;
            for (const item of sorted) parent.insertBefore(item[2], parent === table ? foot : null);
          });
        });
        if (groups().length < 8) continue;
        const label = document.createElement("label");
        label.className = "filter";
        label.append("\(words.0)");
        const field = document.createElement("input");
        field.type = "search";
        const told = document.createElement("span");
        told.setAttribute("role", "status");
        label.append(field, " ", told);
        table.parentNode.before(label);
        field.addEventListener("input", () => {
          const wanted = field.value.toLowerCase();
          let count = 0;
          for (const item of groups()) {
            item.hidden = !item.textContent.toLowerCase().includes(wanted);
            if (!item.hidden) count += 1;
          }
          told.textContent = wanted ? "\(words.1)" + count : "";
        });
      }

      """
  }

  /// What a policy calls the script by, so that a browser runs no other on this page.
  static func fingerprint(_ text: String) -> String {
    var hash = SHA256()
    hash.update(Array(text.utf8))
    let digits = Array(hash.finish().utf8)
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
      bytes.append(nibble(digits[index]) << 4 | nibble(digits[index + 1]))
    }
    return "sha256-" + base64(bytes)
  }

  private static func nibble(_ digit: UInt8) -> UInt8 {
    digit <= UInt8(ascii: "9")
      ? digit &- UInt8(ascii: "0") : (digit | 0x20) &- UInt8(ascii: "a") &+ 10
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let piece = bytes[start..<min(start + 3, bytes.count)]
      var bits = piece.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bits <<= UInt32(8 * (3 - piece.count))
      for place in 0..<4 {
        text.append(place <= piece.count ? letters[Int(bits >> UInt32(18 - 6 * place)) & 63] : "=")
      }
    }
    return text
  }
}
