import Foundation
import Testing

/// The tours of the playground: comparisons that people are shown first.
@Suite struct TourTests {
  /// The plan for the second half of the year in the east.
  @Test func `a plan is told with its limits, edits and charges, and as a page`() throws {
    let scratch = Scratch()
    let page = scratch.path + "/report.html"
    let run = try writ(
      "compare", packageRoot + "/playground/east", "second half", "--as-of", "2026-06-30",
      "--html", page, environment: ["COLUMNS": "120"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("report: \(page)"))
    let told = [
      "Under \"second half\", 132 of 521 Line records change in price (-5,777.04 CNY)",
      "✓ net revenue may fall by at most 1%: holds", "1  changed  thin_hardware",
      "2  added  assign Lead \"fair leads\"", "5  added  territories 客户 \"苏州\"",
      "edit 3 + 4        only together       15   -8,933.48 CNY",
      "together                             132   -5,777.04 CNY",
      "29 of them by a turn or load of an earlier record",
    ]
    for line in told { #expect(run.out.contains(line), "\(line)") }
    // That a proposal stands beside the rules is no edit of them.
    #expect(!run.out.contains("removed  variant"))
    let html = try scratch.read("report.html")
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(html.contains("✓ All 3 limits hold") && html.contains("</html>"))
    #expect(html.contains("<bdi>Q-0056-1</bdi>"))
  }

  private static let superstore: String? = {
    let root =
      ProcessInfo.processInfo.environment["WRIT_SHARED"] ?? packageRoot + "/../shared"
    let folder = root + "/data/superstore"
    let file = folder + "/Sample - Superstore.csv"
    return FileManager.default.fileExists(atPath: file) ? folder : nil
  }()

  @Test func `the tour of discounts checks and keeps its promises`() throws {
    let folder = packageRoot + "/playground/superstore"
    let check = try writ("check", folder)
    #expect(check.status == 0, "\(check.out)\(check.messages)")
    #expect(check.out.contains("no warnings") || check.messages.contains("no warnings"))
    #expect(try writ("test", folder).status == 0)
  }

  /// 9,994 recorded lines: what was paid is what the rules say, to the last digit, and so is what
  /// another policy would have made of them.
  @Test func `discount policies are held against real lines, exactly`() throws {
    guard let data = Self.superstore else {
      print("no superstore data: not compared")
      return
    }
    let scratch = Scratch()
    let run = try writ(
      "compare", packageRoot + "/playground/superstore", "at most 20%",
      "none on tables and bookcases", "--data", data, "--as-of", "2019-01-01", "--against",
      "price=sales", "--only", "price", "--format", "json", in: scratch)
    #expect(run.status == 0, "\(run.messages)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    let differences = try #require(object["differences"] as? [[String: Any]])
    #expect(differences.count == 2)
    // Exact decimals are looked for in the text, where no binary number has been.
    for figure in [
      "\"title\":\"profit\",\"unit\":\"USD\",\"before\":286397.0217,\"after\":505588.0159",
      "\"title\":\"sales\",\"unit\":\"USD\",\"before\":2297200.8603,\"after\":2516391.8545",
      "\"title\":\"lines sold at a loss\",\"unit\":\"\",\"before\":1871,\"after\":721",
      "\"recorded\":9994,\"agreesBefore\":9994,\"agreesAfter\":8601",
    ] {
      #expect(run.out.contains(figure), "\(figure)")
    }
  }
}
