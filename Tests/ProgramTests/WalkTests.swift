import Foundation
import Testing

/// The tour of the playground: a walk for people, a demonstration, and a test from end to end.
///
/// Lines that begin with `$ ` are run, what stands below them is what they print; `#` is a remark.
/// `WRIT_RECORD=1` writes the answers anew.
struct WalkTests {
  @Test(arguments: ["playground/east/tour"])
  func `a tour shows what it shows`(tour: String) throws {
    let desk = Scratch()
    try FileManager.default.createSymbolicLink(
      atPath: desk.path + "/playground", withDestinationPath: packageRoot + "/playground")
    let path = packageRoot + "/" + tour
    let written = try String(contentsOfFile: path, encoding: .utf8)
    var said = ""
    for line in written.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("# ") {
        said += (said.isEmpty ? "" : "\n") + line + "\n"
      } else if line.hasPrefix("$ ") {
        let run = try shell("{ \(line.dropFirst(2)); } 2>&1", in: desk)
        said += line + "\n" + run.out
      }
    }
    if ProcessInfo.processInfo.environment["WRIT_RECORD"] != nil {
      try said.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(said == written)
    #expect(said.contains("agree byte for byte"))
  }
}
