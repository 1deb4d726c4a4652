import Foundation
import Testing

@Suite struct `The house is tidy` {
  /// Which rooms each room may use. SwiftPM would let a target import more than it names.
  static let arrows: [String: Set<String>] = [
    "WritText": [],
    "WritSyntax": ["WritText"],
    "WritModel": ["WritText"],
    "WritRules": ["WritText", "WritSyntax", "WritModel"],
    "WritNetwork": ["WritText", "WritModel", "WritRules"],
    "WritReplay": ["WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork"],
    "WritWorkbench": [
      "WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork", "WritReplay",
    ],
    "writ": [
      "WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork", "WritReplay",
      "WritWorkbench",
    ],
    "writ-bench": ["WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork"],
  ]
  /// What only the programs may use: the world.
  static let world: Set<String> = ["Glibc", "Darwin", "Dispatch"]

  @Test func `arrows point down only`() {
    for (room, allowed) in Self.arrows.sorted(by: { $0.key < $1.key }) {
      let isProgram = room.hasPrefix("writ")
      let files = House.files(in: "Sources/\(room)", ending: ".swift")
      #expect(!files.isEmpty, "\(room) has no sources")
      for file in files {
        for match in file.text.matches(of: /(?m)^\s*(?:public |@testable )?import (\w+)/) {
          let module = String(match.1)
          let isAllowed =
            allowed.contains(module) || module == "Synchronization"
            || (isProgram && Self.world.contains(module))
          #expect(isAllowed, "\(file.path) imports \(module)")
        }
      }
    }
  }

  @Test func `the top level holds what it should`() throws {
    let wanted: Set<String> = [
      "Package.swift", "Sources", "Tests", "rules", "grammar", "playground", "README.md", "LICENSE",
    ]
    let ignored = House.text(of: ".gitignore").split(separator: "\n").map(String.init)
    let found = try FileManager.default.contentsOfDirectory(atPath: House.root.path)
      .filter { !$0.hasPrefix(".") && !ignored.contains($0) }
    #expect(Set(found) == wanted)
  }

  @Test func `no package is depended on`() {
    #expect(House.text(of: "Package.swift").contains("dependencies: [],"))
    #expect(!House.text(of: "Package.swift").contains(".package("))
  }

  @Test func `every diagnostic code has its page and is seen by a test`() {
    let pages = House.text(of: "grammar/DIAGNOSTICS.md")
    let seen = House.files(in: "Tests", ending: "").map(\.text).joined()
    let codes = House.diagnosticCodes()
    #expect(codes.count > 20)
    for (code, path) in codes.sorted(by: { $0.key < $1.key }) {
      #expect(pages.contains("\n## \(code)\n"), "no page for \(code) (\(path))")
      #expect(seen.contains(code), "no test shows \(code) (\(path))")
    }
  }

  @Test func `every page of the diagnostics is of a code that exists`() {
    let codes = House.diagnosticCodes()
    for match in House.text(of: "grammar/DIAGNOSTICS.md").matches(of: /(?m)^## ([a-z0-9-]+)$/) {
      #expect(codes[String(match.1)] != nil, "nothing reports \(match.1)")
    }
  }

  @Test func `public declarations say what they are`() {
    let type = /^ *(?:@frozen )?public (?:indirect |final )?(?:struct|enum|class|protocol)\b/
    // Operators say what they are by their sign.
    let function =
      /^ *(?:@inlinable )?public (?:static |mutating |borrowing |consuming )*func [a-z+]/
    for file in House.files(in: "Sources", ending: ".swift") {
      let lines = file.lines
      for (index, line) in lines.enumerated() {
        guard line.firstMatch(of: type) != nil || line.firstMatch(of: function) != nil,
          !line.contains("func hash(")
        else { continue }
        var above = index - 1
        while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
        let isDocumented = above >= 0 && lines[above].drop { $0 == " " }.hasPrefix("///")
        #expect(isDocumented, "\(file.path):\(index + 1) \(line)")
      }
    }
  }

  @Test func `nothing is left unfinished`() {
    let mark = /\b(?:TODO|FIXME)\b|fatalError\("not/
    for file in House.files(in: "Sources", ending: ".swift") {
      for (index, line) in file.lines.enumerated() {
        #expect(line.firstMatch(of: mark) == nil, "\(file.path):\(index + 1) \(line)")
      }
    }
  }
}
