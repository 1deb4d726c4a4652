import Testing
import WritText

@testable import WritModel

/// One column of a recorded file: its header and the type it is read as.
private struct Column {
  let header: String
  let type: ValueType
  var form: ReadPlan.Form?
  var isOptional = false
}

/// Reads a recorded file as records of the columns given; nil, with a message, if it is not there.
private func read(
  _ path: String, _ columns: [Column], encoding: String? = nil
) -> (facts: Facts, reader: RecordReader)? {
  guard let bytes = SharedFiles.bytes("data/\(path)") else { return nil }
  var schema = Schema()
  schema.currencies = ["CNY", "USD"]
  schema.zoneMinutes = 480
  for (index, column) in columns.enumerated() {
    schema.fields.append(
      Field(
        name: Named("f\(index)"), record: RecordID(0), type: column.type,
        isOptional: column.isOptional, column: index, initial: nil, partAs: nil))
  }
  schema.records = [
    RecordType(
      name: Named("Row"), fields: columns.indices.map { FieldID($0) }, key: [], called: nil)
  ]
  let plan = ReadPlan(
    record: RecordID(0), format: .csv,
    columns: columns.enumerated().map {
      ReadPlan.Column(field: FieldID($0), headers: [$1.header], form: $1.form)
    }, encoding: encoding)
  var reader = RecordReader(plan, schema: schema)
  var facts = Facts(schema: schema)
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + 100_000)
    reader.read(Array(bytes[start..<end]), isLast: end == bytes.count, into: &facts)
    start = end
  }
  return (facts, reader)
}

private let dollars = ValueType.money(CurrencyID(1))
private let yuan = ValueType.money(CurrencyID(0))

private func pattern(_ text: String) throws -> ReadPlan.Form {
  .pattern(try #require(DatePattern(text)))
}

struct RecordedDataTests {
  private func check(
    _ path: String, _ columns: [Column], rows: Int, encoding: String? = nil
  ) throws {
    guard let (facts, reader) = read(path, columns, encoding: encoding) else { return }
    #expect(reader.problems.isEmpty)
    #expect(reader.rejectedCount == 0)
    #expect(facts[RecordID(0)].count == rows)
  }

  @Test func `superstore: sales are quantity, list price and discount without a cent of rounding`()
    throws
  {
    let columns = [
      Column(header: "Order Date", type: .date, form: try pattern("M/d/yyyy")),
      Column(header: "Product ID", type: .text), Column(header: "Product Name", type: .text),
      Column(header: "Sales", type: dollars), Column(header: "Quantity", type: .integer),
      Column(header: "Discount", type: .percent, form: .fraction),
      Column(header: "Profit", type: dollars),
    ]
    guard let (orders, reader) = read("superstore/Sample - Superstore.csv", columns),
      let (products, _) = read(
        "superstore/derived_products.csv",
        [
          Column(header: "Product ID", type: .text), Column(header: "Product Name", type: .text),
          Column(header: "ListPrice", type: dollars), Column(header: "UnitCost", type: dollars),
        ])
    else { return }
    #expect(reader.rejectedCount == 0)
    #expect(orders[RecordID(0)].count == 9994)
    var found: [[String]: Int] = [:]
    for row in 0..<products[RecordID(0)].count {
      found[[0, 1].map { products.text(of: products.value(FieldID($0), row: row), .text) }] = row
    }
    var agreed = 0
    for row in 0..<orders[RecordID(0)].count {
      let key = [1, 2].map { orders.text(of: orders.value(FieldID($0), row: row), .text) }
      let product = try #require(found[key])
      let price = products.value(FieldID(2), row: product)
      let cost = products.value(FieldID(3), row: product)
      let quantity = orders.value(FieldID(4), row: row)
      let rest = Value.subtract(.number(Decimal(1)), orders.value(FieldID(5), row: row))
      let sales = Value.multiply(Value.multiply(price, quantity), rest)
      let profit = Value.subtract(sales, Value.multiply(cost, quantity))
      if Value.same(sales, orders.value(FieldID(3), row: row)),
        Value.same(profit, orders.value(FieldID(6), row: row))
      {
        agreed += 1
      }
    }
    #expect(agreed == 9994)
  }

  @Test func `tmall: Chinese headers that end in a space`() throws {
    let columns = [
      Column(header: "订单编号", type: .text), Column(header: "总金额", type: yuan),
      Column(header: "收货地址", type: .text, isOptional: true),
      Column(header: "订单付款时间", type: .time, isOptional: true),
      Column(header: "退款金额", type: yuan), Column(header: "买家实际支付金额", type: yuan),
    ]
    guard let (facts, reader) = read("tmall_zh/tmall_order_report.csv", columns) else { return }
    #expect(reader.problems.isEmpty)
    #expect(reader.rejectedCount == 0)
    #expect(facts[RecordID(0)].count == 28_010)
    var (paid, agreed) = (0, 0)
    for row in 0..<28_010 where facts.value(FieldID(3), row: row).isKnown {
      paid += 1
      let sum = Value.add(facts.value(FieldID(4), row: row), facts.value(FieldID(5), row: row))
      if Value.same(sum, facts.value(FieldID(1), row: row)) { agreed += 1 }
    }
    #expect(paid == 24_087)
    #expect(agreed == 24_087)
  }

  @Test func `GBK is read as declared, equal to the UTF-8 file, and refused undeclared`() throws {
    let columns = [
      Column(header: "update_time", type: .date, form: try pattern("yyyy/M/d")),
      Column(header: "id", type: .text), Column(header: "title", type: .text),
      Column(header: "price", type: yuan, isOptional: true), Column(header: "店名", type: .text),
    ]
    let folder = "cosmetics_zh/variant_gbk"
    guard let name = SharedFiles.names(in: "data/\(folder)").first(where: { $0.hasSuffix(".csv") }),
      let (plain, plainReader) = read("cosmetics_zh/cosmetic.csv", columns),
      let (facts, reader) = read("\(folder)/\(name)", columns, encoding: "GBK"),
      let (_, refused) = read("\(folder)/\(name)", columns)
    else { return }
    #expect(plainReader.rejectedCount == 0)
    #expect(plain[RecordID(0)].count == 27_598)
    #expect(reader.problems.isEmpty)
    var different = 0
    for row in 0..<min(plain[RecordID(0)].count, facts[RecordID(0)].count) {
      for field in [1, 2, 4] {
        let texts = [plain, facts].map { $0.text(of: $0.value(FieldID(field), row: row), .text) }
        if texts[0] != texts[1] { different += 1 }
      }
    }
    #expect(facts[RecordID(0)].count == 27_598)
    #expect(different == 0)
    #expect(refused.problems.map(\.code) == ["not-utf8"])
    #expect(refused.problems.first?.message.english.contains("looks like GBK") == true)
  }

  @Test func `a workbook named csv is told for what it is`() throws {
    guard let (_, reader) = read("leads_xedu/Leads_as_found_is_xlsx.csv", []) else { return }
    #expect(
      reader.problems.map(\.message.english) == [
        "the file is an Excel workbook (.xlsx), not CSV or JSON"
      ])
  }

  @Test func `amounts with a dollar sign, and day first`() throws {
    try check(
      "dirty_money/Sales SalesOrderDetail.csv",
      [
        Column(header: "UnitPrice", type: dollars), Column(header: "LineTotal", type: dollars),
        Column(header: "UnitPriceDiscount", type: dollars),
        Column(header: "ModifiedDate", type: .time, form: try pattern("dd-MM-yyyy HH:mm")),
      ], rows: 7811)
  }

  @Test func `semicolons, dots in headers, markers`() throws {
    try check(
      "bank_marketing/bank-additional-full.csv",
      [
        Column(header: "age", type: .integer), Column(header: "emp.var.rate", type: .number),
        Column(header: "y", type: .boolean),
      ], rows: 41_188)
  }

  @Test func `row counts of the other tables`() throws {
    try check("leads_xedu/Leads.csv", [Column(header: "Lead Number", type: .integer)], rows: 9240)
    try check(
      "maven_crm/sales_pipeline.csv",
      [
        Column(header: "opportunity_id", type: .text),
        Column(header: "engage_date", type: .date, isOptional: true),
        Column(header: "close_value", type: dollars, isOptional: true),
      ], rows: 8800)
    try check(
      "northwind/orders.csv",
      [Column(header: "order_date", type: .date), Column(header: "freight", type: dollars)],
      rows: 830)
    try check(
      "northwind/order_details.csv", [Column(header: "quantity", type: .integer)], rows: 2155)
    try check(
      "olist_funnel/olist_marketing_qualified_leads_dataset.csv",
      [
        Column(header: "mql_id", type: .text),
        Column(header: "first_contact_date", type: .date, form: try pattern("dd-MM-yyyy")),
      ], rows: 8000)
    try check(
      "online_retail_first150k/online_retail_first150k.csv",
      [
        Column(header: "StockCode", type: .text), Column(header: "Quantity", type: .integer),
        Column(header: "InvoiceDate", type: .time), Column(header: "UnitPrice", type: dollars),
      ], rows: 150_000)
  }
}
