import Testing

struct IndexTests {
  private let rules = #"""
    currency CNY
    enum Grade { a, b, c }
    record Deal {
      id : text key  amount : number  offered : number  size : integer  grade : Grade?
      region : text
    }
    define floor = 100
    param top = 500 in 100..1000
    decide level for Deal -> text, first {
      "great": when amount >= top * 2 : "great"
      "turned": when 7 <= size and (grade = a or region = "east") : "turned"
      "floor": when size > floor : "floor"
      "not": when not (grade in {b, c}) : "not"
      "two": when amount > offered and size < 3 : "two"
      "missing": when grade is missing : "missing"
    }
    """#

  @Test func `says of each rule what the index answers and what is asked apart`() throws {
    let scratch = Scratch()
    try scratch.write("a.writ", rules)
    let run = try writ("check", "a.writ", "--index", in: scratch)
    #expect(run.status == 0, "\(run.out)")
    let apart = run.out.split(separator: "\n").filter { $0.contains(" — ") }
    #expect(apart.count == 1, "\(run.out)")
    #expect(apart.first?.contains("amount > offered — both sides differ") == true, "\(run.out)")
    for piece in ["indexed by", "size < 3", "great", "missing"] {
      #expect(run.out.contains(piece), "\(piece) in\n\(run.out)")
    }
    let chinese = try writ("check", "a.writ", "--index", "--lang", "zh", in: scratch)
    #expect(chinese.out.contains("单独判断") && chinese.out.contains("比较的两边都随记录而变"))
  }

  @Test func `a table of more texts than have cells finds each of them`() throws {
    let desk = Scratch()
    try desk.write(
      "r.writ",
      """
      record Line { id: text key, product: text, quantity: integer }
      data Line from "lines.csv"
      table book(product: text, quantity: integer) -> price: number, first from "book.csv"
      define Line.price = book(product, quantity)
      """)
    let count = 1_500
    var book = "product,quantity,price\n"
    var lines = "id,product,quantity\n"
    var expected = ""
    for number in 0..<count {
      book += "P\(number),0..<10,\(number)\nP\(number),10..<20,\(number + count)\n"
      let quantity = number % 25
      lines += "L\(number),P\(number * 7 % (count + 50)),\(quantity)\n"
      let product = number * 7 % (count + 50)
      let price =
        product >= count || quantity >= 20
        ? "missing" : "\(quantity < 10 ? product : product + count)"
      expected += "L\(number) \(price)\n"
    }
    try desk.write("book.csv", book)
    try desk.write("lines.csv", lines)
    let run = try writ("run", "r.writ", "--data", ".", "--format", "csv", in: desk)
    let told = run.out.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return "\(cells[0]) \(cells[1].isEmpty ? "missing" : cells[1])\n"
    }.joined()
    #expect(told == expected)
  }
}
