import Foundation
import Testing

/// The script that compares records over Spark, where Spark is installed.
@Suite struct SparkTests {
  /// Order lines of nobody, with the columns of the export.
  private static var lines: String {
    let places = [("East", "New York"), ("West", "California"), ("South", "Texas")]
    let goods = [
      ("Furniture", "Tables"), ("Office Supplies", "Paper"), ("Technology", "Phones, \"smart\""),
    ]
    var text =
      "\u{FEFF}Row ID,Order Date,Segment,Region,State,Category,Sub-Category,Sales,Quantity,Discount,Profit\n"
    for row in 1...600 {
      let place = places[row * 7 % 3]
      let good = goods[row * 11 % 3]
      let name = "\"" + good.1.replacingOccurrences(of: "\"", with: "\"\"") + "\""
      let cents = row * 7919 % 90_000 + 100
      let sales = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
      let discount = ["0", "0.2", "0.5", "0.8"][row * 13 % 4]
      text +=
        "\(row),\(row % 12 + 1)/\(row % 28 + 1)/2018,Consumer,\(place.0),\(place.1),\(good.0),"
        + "\(name),\(sales),\(row % 9 + 1),\(discount),\(row * 31 % 200 - 100).25\n"
    }
    return text
  }

  @Test(.timeLimit(.minutes(10)))
  func `parts over Spark add up to the bytes of one run`() throws {
    let environment = ProcessInfo.processInfo.environment
    let known = ["PATH", "HOME", "JAVA_HOME", "PYTHONPATH", "SPARK_HOME"].compactMap { name in
      environment[name].map { "\(name)='\($0)'" }
    }.joined(separator: " ")
    let look = try shell("\(known) python3 -c 'import pyspark' && \(known) java -version")
    guard look.status == 0 else {
      print("no PySpark with Java: not compared")
      return
    }
    let scratch = Scratch()
    let file = "Sample - Superstore.csv"
    try scratch.write("lines/\(file)", Self.lines)
    // The fingerprint of rules is of what they say and where it stands, so both read one folder.
    let rules = "superstore"
    try FileManager.default.copyItem(
      atPath: packageRoot + "/playground/superstore", toPath: scratch.path + "/" + rules)
    let whole = try writ(
      "compare", rules, "at most 20%", "--data", "lines", "--as-of", "2019-01-01", "--by",
      "category", "--format", "json", "--html", "whole.html", in: scratch)
    #expect(whole.status == 0, "\(whole.messages)")
    for parts in [1, 5] {
      let run = try shell(
        "\(known) python3 '\(packageRoot)/playground/spark/compare.py' --writ '\(builtProgram)' "
          + "--parts \(parts) --rules '\(rules)' 'at most 20%' --record OrderLine "
          + "--records 'lines/\(file)' --as-of 2019-01-01 --by category --format json "
          + "--out parts.html", in: scratch)
      #expect(run.status == 0, "\(run.messages.suffix(2000))")
      #expect(run.out == whole.out)
      #expect(try scratch.read("parts.html") == scratch.read("whole.html"))
    }
  }
}
