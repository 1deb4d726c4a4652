// grammar/DIAGNOSTICS.md as it stood when this was built: an installed program has no grammar
// folder. Made by the test `the program carries the pages of the grammar` with WRIT_RECORD=1.
let diagnosticsMarkdown = #####"""
  # Messages

  One page a code; `writ explain CODE` prints it. A message says what is wrong in one sentence and, where there is a way out, `help:`; this page says why.

  每个编号一段；`writ explain 编号` 会打印它。

  # Reading rule files

  ## unclosed-text

  A text must end on the line it began on, with the same kind of quote.

  文字要在同一行用同一种引号收尾。

      "spring: when …
      → "spring": when …

  ## single-quotes

  A text stands in double quotes; single ones belong to other languages.

  文字写在双引号里。

      'Acme'
      → "Acme"

  ## unclosed-name

  A name in back-ticks must end on its line.

  反引号里的名称要在本行收尾。

      `No. of Employees
      → `No. of Employees`

  ## empty-name

  There is nothing between the back-ticks, or a sign stands here that ends nothing in writ. Leave it out.

  反引号里没有内容，或写了多余的结束符；删掉即可。

  ## unknown-character

  This character has no use in rules. It is often a stray sign from another program; delete it, or put it inside quotes.

  这个字符在规则里没有用处；删掉，或放进引号。

  ## foreign-operator

  The sign belongs to another language. writ writes `and`, `or`, `not`, `=`, `!=`.

  这里不用别的语言的符号，请写 `且`、`或`、`非`、`=`、`!=`。

      a && b
      → a and b

  ## double-equals

  Equality is one `=`.

  相等只写一个 `=`。

      stage == open
      → stage = open

  ## chained-comparison

  `1 < x < 5` asks two questions at once. Join them with `and`, or use a range.

  比较不能连着写；用 `且` 连接，或写成区间。

      1 < x < 5
      → x in 1<..<5

  ## mixed-and-or

  `and` and `or` side by side can be read in two ways. Put brackets around what belongs together.

  `且` 和 `或` 混用有两种读法，请加括号。

      a or b and c
      → a or (b and c)

  ## comma-between-conditions

  A comma separates the items of a list and joins nothing. Write `and`.

  逗号只分隔列表，不连接条件；请写 `且`。

      when open, score > 5
      → when open and score > 5

  ## is-with-value

  `is` asks only whether something is `missing` or `known`; equality is `=`.

  `为` 只用来问 `空缺` 和 `已填`，相等请写 `=`。

      stage is won
      → stage = won

  ## missing-operand

  A value is missing behind the word or sign. The next line was not read as its continuation, because it begins like a new clause.

  这里后面缺少一个值；下一行像是新的一句，不会接上来。

      when x =
      owner Rep "1"
      → when x = 5
        owner Rep "1"

  ## missing-brace

  A `{` opened above is not closed before this declaration. The label shows which one.

  上面的某个 `{` 没有配对，标注处就是它。

  ## missing-outcome

  A rule has conditions but says no result. Write what follows behind `:`.

  规则有条件，却没有写结果。

      "gold": when tier = A
      → "gold": when tier = A : 5% off

  ## several-outcomes

  A rule says one thing. Give the second outcome a title of its own, or join adjustments with commas.

  一条规则只说一件事；第二个结果请另起标题。

  ## said-twice

  The same part is said twice. Join conditions with `and`, or leave one out.

  同一部分写了两次；用 `且` 合并，或去掉一个。

      when a when b : …
      → when a and b : …

  ## reserved-name

  Eighteen words stand inside formulas and cannot be names as they are. Write such a name in back-ticks, or choose another.

  语言的保留词不能直接作名称；请写在反引号里，或换个名称。

      record Deal { is : text }
      → record Deal { `is` : text }

  ## name-starts-with-digit

  A name begins with a letter or a Han character. Write other names in back-ticks.

  名称不能以数字开头；请写在反引号里。

      12月额
      → `12月额`

  ## date-needs-two-digits

  Month and day have two digits, so that a date cannot be a subtraction.

  月和日要写两位数字。

      2026-1-5
      → 2026-01-05

  ## impossible-date

  The calendar has no such day.

  日历上没有这一天。

      2026-02-30

  ## malformed-time

  A time is a date, a clock and its offset.

  时刻要写日期、钟点和时区。

      2026-11-11 9:30
      → 2026-11-11T09:30+08:00

  ## malformed-zone

  A zone is a fixed offset, because names of zones change their meaning.

  时区写成固定偏移。

      zone Shanghai
      → zone +08:00

  ## money-sign-alone

  An amount must follow the sign.

  `¥` 后面要写金额。

      ¥
      → ¥5000

  ## zhe-out-of-range

  折 counts tenths of the price: 8.5折 is to pay 85 %. `85折` is taken for a slip, never for 850 %.

  折按十分之几算：8.5折是付 85%，不能写 85折。

      85折
      → 8.5折

  ## percent-apart

  `%` stands right behind its number.

  `%` 要紧跟在数字后面。

      15 %
      → 15%

  ## nesting-too-deep

  Expressions and bodies nest at most 200 levels. Give a part a name with `define`.

  嵌套过深；用 `计算` 给其中一部分起名。

  ## expression-too-long

  One row of operators is longer than the limit. Write a set or a table.

  一串运算太长；改用集合或对照表。

      x = 1 or x = 2 or …
      → x in {1, 2, …}

  ## file-too-large

  A rule file has at most 64 MB. Long lists belong in a table `from` a file.

  一个规则文件最多 64 MB；长列表请放进数据文件。

  ## unclosed-place

  In a `because` text, `{…}` is replaced by its value, and this one is not closed. Write `{{` for the sign itself.

  提示文字里的 `{` 没有配对；要写这个符号本身，用 `{{`。

  ## unexpected

  This cannot stand here. Often the line before it has a mistake that was not noticed.

  这里不能写这个；常常是上一行有笔误。

  ## expected-declaration

  At the left margin a declaration begins: `record`, `define`, `table`, `price`, `test` and so on.

  行首应当是声明，例如 `对象`、`计算`、`定价`、`用例`。

  ## expected-keyword

  One of a few words must stand here; the message lists them.

  这里只能是提示中列出的几个词。

  ## expected-name

  A name must stand here. If it is spelled like a word of the language, or has spaces, write it in back-ticks.

  这里应当是名称；若与关键词同名或带空格，写在反引号里。

  ## expected-symbol

  A sign such as `:`, `{` or `)` is missing.

  这里缺少一个符号，如 `:`、`{`、`)`。

  ## expected-text

  A text in quotes must stand here.

  这里应当是引号里的文字。

  ## expected-title

  Rules begin with a title and a colon, which explanations and tests point at.

  规则以标题和冒号开头，解释和测试都靠它来指认。

      when a : 5% off
      → "gold": when a : 5% off

  ## expected-type

  A field or parameter has a type.

  字段和参数要写类型。

      age : 5
      → age : integer

  ## expected-value

  A value must stand here.

  这里应当是一个值。

  ## expected-range

  A range must stand here, as in `1..9`, `10..<50` or `50..`.

  这里应当是区间，例如 `1..9`。

  ## expected-duration

  A length of time is a whole number and a unit.

  时长是整数加单位。

      halving every month
      → halving every 30 days

  ## expected-whole-number

  The count of a length of time is whole and at most a million.

  时长是不超过一百万的整数。

      1.5 days
      → 36 hours

  ## expected-record-path

  A split says whose amount it is.

  要写明是谁的金额。

      split credit of amount
      → split credit of Deal.amount

  ## expected-adjustment

  A change of the price must stand here: `15% off`, `200 off`, `20 extra`, `fixed 28`, `8.5折`, `round … to …`.

  这里应当是价格的变动，例如 `减 15%`。

  ## off-or-extra

  A percent or an amount alone does not say whether the price falls or rises.

  单写一个数看不出是减还是加。

      "gold": 5%
      → "gold": 5% off

  ## expected-end

  Something stands behind the end of a statement. Often an operator is missing.

  语句到此应当结束；常常是少写了运算符。

  ## wrong-cell-count

  The cells of a row are as many as the header's. Write `any` where it does not matter.

  每行的格数要与表头相同；无所谓的格写 `不限`。

  ## unknown-format

  A column is read by a pattern in quotes, as `fraction` (0.15 is 15 %) or as `points` (15 is 15 %).

  列的格式是引号里的样式、`小数` 或 `百分点`。

  # Names

  ## unknown-name

  Nothing in view has this name. Look for a slip, or for the record it belongs to: in a block for one record bare names are its fields. For Chinese typed without spaces the help shows where the words part.

  这里没有叫这个名称的东西；检查笔误，中文词之间要留空格。

      区域属于华东
      → 区域 属于 华东

  ## unused-name

  Nothing reads this constant or param. Delete it, or look for the rule that was meant to read it.

  没有任何规则读取这个常量或参数；删掉，或找出本该用它的规则。

      param cap = 12%
      → authorize discount … { limit rep cap }

  ## text-near-known

  A field is compared with this text once, and more often with one that differs in a letter. A text that equals nothing in the data makes its rule silently dead. Where the values are known beforehand, declare an `enum`, best from a file.

  这个文本只出现一次，却与另一个常用的文本只差一个字母；写错的文本什么都不等于，规则就悄悄失效。取值固定时用选项。

      state = "Pensylvania"
      → state = "Pennsylvania"

  ## ambiguous-name

  The name fits two things in view, and nothing is shadowed in writ. Write `this.name` for the record's field, or give the binder another name. In data: write the name instead of the label.

  这个名称有两种理解；写 `本条.名称`，或换个名字。

      open > 3
      → this.open > 3

  ## bare-field

  Several records are in view, so a field says whose it is.

  这里涉及多条记录，字段前要写明是哪条。

      controlled
      → p.controlled

  ## no-this

  Several records are in view, so none of them is `this`.

  这里涉及多条记录，没有“本条”。

  ## duplicate-name

  Two things in one place have the same name or label.

  同一处有两个同名（或同标签）的东西。

  ## duplicate-title

  Explanations, tests and variants point at rules by their titles, so each title stands once in a block.

  标题用来指认规则，同一块里不能重复。

  ## duplicate-block

  A second block of the same kind for the same record needs a name.

  同一对象的第二个同类块要起名。

      price Line { … }
      → price Line as dealer { … }

  ## unknown-type

  There is no record, enum or tree of this name.

  没有这个名称的对象、选项或层级。

  ## unknown-member

  The type has no field, value or member of this name.

  这个类型没有这个字段或成员。

  ## unknown-function

  There is no table, function or predicate of this name.

  没有这个名称的对照表或函数。

  ## unknown-block

  There is no such block or declaration. Name its kind and record as its header does, and its `as` name if it has one.

  没有这样的块或声明；按块头写出种类、对象和名称。

  ## unknown-title

  No rule in the block has this title; or, where an experiment names what it compares, no variant has.

  块里没有这个标题的规则；或者，分流试验所列的方案中没有这个标题。

  ## patch-does-not-fit

  A variant puts rules where they cannot stand: a group of a price takes offers, a `start` takes sources, a table takes rows.

  方案把规则放到了不能放的位置：价格的组只能放优惠，`起价` 只能放来源，表格只能放行。

  ## member-of-several

  The name is a member of several enums, and nothing here tells which is meant. Write the type before it.

  多个选项都有这个成员，请写明类型。

      open
      → Stage.open

  ## member-or-value

  The name is a member of the enum on the other side, and also a value in view. Write which is meant.

  既是成员又是这里的值，请写明是哪个。

      stage = open
      → stage = Stage.open

  ## member-of-many

  One value is asked of many records at once. Say how they are combined.

  一次向多条记录取值，请写明怎样汇总。

      lines.price
      → sum of l.price over Line l in lines

  ## no-members

  Only records (and a few answers) have fields.

  只有对象才有字段。

  ## type-for-value

  A type stands where a value must.

  这里要写值，写成了类型。

  ## text-for-member

  Members of an enum or tree are written without quotes.

  选项和节点不带引号。

      region = "east"
      → region = east

  ## key-count

  The key of this record has several fields, and a reference gives all of them.

  主键有多个字段，引用时要都写上。

      Item "A"
      → Item "A" "blue"

  ## unknown-currency

  The currency is not declared.

  币种没有声明。

      currency CNY
      → currency CNY, USD

  ## currency-expected

  A declared currency must stand here.

  这里要写已声明的币种。

  ## no-yuan

  `元` and `¥` mean CNY or JPY, and neither is declared.

  既没有声明 CNY 也没有声明 JPY。

  ## yuan-or-yen

  CNY and JPY are both declared, so `元` and `¥` could mean either.

  CNY 与 JPY 都已声明，请写明币种。

      ¥5
      → CNY 5

  # The model

  ## too-many-types

  A rule set has a bounded number of records, enums, trees, currencies and queues of each kind. Lists of things are data: keep them in records and read them from a file.

  对象、选项、层级、币种、队列的数量都有上限；成批的东西应当放在数据里，从文件读入。

  ## second-zone

  A rule set has one zone.

  一套规则只有一个时区。

  ## empty-type

  An enum or tree has no members.

  选项或层级没有成员。

  ## second-called

  A record has one `called` field.

  一个对象只有一个称呼字段。

  ## called-not-text

  What a record is called is a text.

  称呼字段必须是文本。

  ## optional-key

  A key may not be missing, or records could not be told apart.

  主键不能空缺。

      id : text? key
      → id : text key

  ## part-of-no-record

  `part as` marks a field that refers to a record, the whole.

  `明细作` 只能用在引用对象的字段上。

  ## not-constant

  A constant must stand here: a default, a member, a fixed date.

  这里必须写常量。

  ## missing-file

  The file of a table or enum is looked up beside the rule file that names it, and is not there or cannot be read.

  文件按规则文件所在的位置查找，找不到或读不了。

  ## form-of-other-type

  A date pattern is for dates and times; `fraction` and `points` are for percents.

  日期样式用于日期和时间，`小数`、`百分点` 用于百分比。

  ## headers-of-key

  A reference by a key of several fields is read from as many columns, and `from` names one header for each, in the order of the key's fields. Any other field is read from one column.

  引用的主键有几个字段，就写几个列名，次序与主键相同；其他字段只写一个。

      item from "Article"
      → item from "Article", "Colour"

  ## bad-delimiter

  A delimiter is one character.

  分隔符只能是一个字符。

  ## key-is-shown

  The key is what everybody needs to name a record, so it cannot be hidden.

  主键所有人都看得到，不能隐藏。

  # Types

  ## wrong-type

  Another type of value is wanted here.

  这里要的是另一种类型的值。

  ## cannot-combine

  These two types cannot be combined so.

  这两种类型不能这样运算。

  ## no-arithmetic

  This type of value has no opposite.

  这种值不能取负。

  ## no-order

  Values of this type have no greater or less; they can only be equal.

  这种值没有大小之分。

  ## unordered-members

  Members have an order only if their enum says so, the lowest first.

  选项没有写 `有高低`，成员之间不能比大小。

      enum Role { rep, manager }
      → enum Role ordered { rep, manager }

  ## number-for-percent

  A percent is not held against a bare number, because `15` may mean 15 % or 1500 %.

  百分比不能与不带 % 的数字相比。

      discount <= 15
      → discount <= 15%

  ## percent-for-number

  A number is wanted. Multiply the percent by what it is a share of, or divide it by `1%`.

  这里要数字，写的是百分比。

  ## percent-of-what

  A number and a percent cannot be added: a percent of what?

  数字与百分比不能相加减：是谁的百分之几？

      x + 15%
      → x * (100% + 15%)

  ## number-for-duration

  A length of time has a unit.

  时长要带单位。

      date + 30
      → date + 30 days

  ## mixed-currencies

  Amounts of two currencies do not add up. Change one with `in_currency`.

  两种币种不能直接相加，请先折算。

      a + b
      → a + in_currency(b, CNY, rate)

  ## zhe-in-formula

  In a formula `8.5折` could mean 85 % or 15 %. It changes a price, or sets a limit; elsewhere write the percent.

  8.5折 在算式里有两种读法，请写百分比。

      list * 8.5折
      → list * 85%

  ## equals-missing

  Nothing equals `missing`, not even another blank. Ask `is missing`.

  任何值都不等于 `空缺`，请写 `为 空缺`。

      owner = missing
      → owner is missing

  ## presence-in-front

  Only a `require` lists what must be known behind the word: `known owner, region`. In a condition the word stands behind what it asks for.

  只有 `校验` 把要填的字段列在 `已填` 后面；在条件里，它写在所问的值后面。

      when known owner
      → when owner is known

  ## compared-with-itself

  Both sides are the same thing. Inside a `where`, bare names belong to the outer record; write the binder before one.

  两边是同一个东西；在 `满足` 里请给一边加上代称。

      where quote = quote
      → where l.quote = quote

  ## range-alone

  A range is no value; ask whether something lies in it.

  区间不是值，请问是否在其中。

      x = 1..9
      → x in 1..9

  ## empty-range

  Nothing lies in this range: its lower end is above its upper.

  这个区间是空的。

      9..1
      → 1..9

  ## not-a-set

  `in` wants a range, a set or a list.

  `在` 后面要区间、集合或列表。

  ## within-of-no-tree

  `within` asks where a node lies in its tree; for ranges and sets write `in`.

  `属于` 只用于层级；区间和集合请写 `在`。

  ## set-equality

  Sets are not compared as a whole; ask for members with `in`.

  集合不能整体比较，请用 `在` 判断成员。

  ## needs-type

  The type cannot be seen from the value; write it behind the name.

  从值看不出类型，请写明。

      define Lead.x = missing
      → define Lead.x : number = missing

  ## number-too-long

  A number has at most 18 digits; longer ones are identifiers and belong in a text.

  数字最多 18 位；更长的是编号，应当用文本。

  ## each-of-nothing

  `each` multiplies the points by the number before the `:`, and there is none.

  `每个` 要乘以 `:` 前面的数，这里没有。

      always : 2 each
      → visits : 2 each

  # Values, tables, decisions

  ## circle

  A value reads itself over the path that is printed. Take one step out, or store a value in a field.

  值绕回了自身，请去掉其中一环。

  ## chain-too-deep

  Values that read values go too deep here; put several steps into one.

  值读值的链太长。

  ## decided-later

  An assignment is decided after everything else, so no `assign` or `change` may read it. Read the field that it sets.

  分配结果在这之后才决定；请改读它写入的字段。

  ## blank-uncaught

  The value may be missing here, and then there would be no answer. Say what holds then: `or else`, or a condition with `is missing`.

  这里可能空缺；请写 `缺则`，或先处理空缺。

      spend >= 100
      → (spend or else 0) >= 100

  ## binder-not-mentioned

  `where` reaches to the end of the expression, and this condition in it never mentions the record it looks for, so it would be negated or counted with the rest. Move it before, or put brackets around the inner part.

  这个条件在 `满足` 里却没有用到代称；请移到前面，或加括号。

      no Deal d where d.lead = this and open
      → open and (no Deal d where d.lead = this)

  ## join-without-equality

  Nothing ties the records to the one outside, so all of them are looked at. If that is meant, it is only slow to read; else add an equality.

  没有等式与外层记录联系，会遍历所有记录。

  ## fold-of-other-value

  The value is the same for every record of the fold. Write the binder before a field.

  每条记录的值都一样；请在字段前加代称。

      sum of amount over Order o
      → sum of o.amount over Order o

  ## cannot-fold

  Values of this type cannot be put together so.

  这种值不能这样汇总。

  ## distinct-of-fold

  `distinct` goes with `count` only.

  `去重` 只能与 `个数` 连用。

  ## not-a-source

  Behind `in`, records come from a list of records, such as `lines`.

  `在` 后面要一组记录。

  ## selection-not-total

  Two records may be equal in this order, and then nobody could say which is first. End it with the key.

  这个次序可能并列，请用主键收尾。

      by latest d.date
      → by latest d.date then d.id

  ## rotation-outside-assign

  Turns are taken in an `assign` only.

  轮流只能用在分配里。

  ## argument-count

  The table or function takes another number of values.

  给的值个数不对。

  ## parameters-on-value

  A value of a record takes no parameters; make it a function.

  对象的计算值不带参数。

  ## param-out-of-range

  The value of a `param` lies in its own range.

  可调值超出了自己的范围。

  ## missing-policy

  The table does not say which row counts when several fit.

  对照表没有说明多行符合时取哪行。

      table t(a: A) -> B { … }
      → table t(a: A) -> B, first { … }

  ## header-incomplete

  The header of a table repeats its parameters and names its results.

  表头要重复全部参数并写出结果。

  ## second-else

  A table has one `else`.

  对照表只有一个其余行。

  ## cell-count

  The cells are not as many as the parameters and results.

  格数与参数、结果不符。

  ## grid-policy

  A grid is always `unique`; leave the policy out.

  网格表总是唯一命中。

  ## grid-shape

  A grid has two parameters and one result.

  网格表有两个参数和一个结果。

  ## missing-column

  The file has no column of this name. Columns are headed by the names or labels of what they hold, or as `from` says; the message offers headers that are like it. A header that
  `from` names must be there even where the field may be missing.

  文件里没有这一列。用 `来自` 写明的列必须存在。

      phone from "Moblie"
      → phone from "Mobile"

  ## bad-cell

  A cell of the table's file is not of the type of its column.

  表文件里这一格的类型不对。

  # What a check proves

  ## rules-overlap

  Two rules (or rows) can both hold where only one may; the help prints a case. Part them with a condition, or choose a policy that says which goes first.

  两条规则（或两行）会同时成立，而这里只允许一条；帮助里有一个例子。

      ..25k and 25k..
      → ..<25k and 25k..

  ## rules-may-overlap

  It could not be proved that only one of the two rules holds, and no record was found for which both surely do. The help says where such a record would be.

  未能证明两条规则不会同时成立，也没有找到两者确实同时成立的记录；帮助里写明这样的记录会在哪里。

  ## rules-tie

  Two rules can both hold and neither goes first. The record is then left alone and said to be tied.

  两条规则会同时成立而分不出先后；那时结果是并列。

  ## rules-may-tie

  Two rules may both hold with neither going first.

  两条规则可能同时成立而分不出先后。

  ## at-param-end

  Were the param at an end of its range, the check would find this. Params count at their present value, and at both ends of the range within which a sweep may vary them.

  如果参数取其范围的一端，就会有这个问题。参数按现值和范围两端各检查一次。

      param low = 10 in 5..30
      ..<low and low..20

  ## more-overlaps

  More pairs of the same kind were found than are printed.

  还有更多对重叠，没有一一列出。

  ## rule-shadowed

  Wherever this rule holds, rules before it hold too and go first: it never applies. Move it up, narrow those, or remove it.

  前面的规则总是先成立，这条永远不会生效。

  ## more-shadowed

  More rules than are told one by one never apply. Mend those that are told, and look again.

  永远不会生效的规则太多，没有逐条列出；先改好已列出的，再检查一次。

  ## shadow-undecided

  So many rules before this one overlap that it was not decided whether it can ever apply.

  前面重叠的规则太多，未能判定这条是否会生效。

  ## rule-partly-covers

  Where both rules hold, the earlier one decides, and they say different things. That is how `first` works; the note is there so that it is no surprise.

  两条都成立时以前面的为准；这里提醒一声。

  ## rule-never-true

  The conditions contradict one another, so the rule never holds.

  条件互相矛盾，规则永远不成立。

  ## rule-expired

  The rule holds on no later day than the one named.

  规则在这一天之后不再成立。

  ## table-gap

  For some inputs no row answers; the help prints one. Add a row, or `else`.

  有些输入没有任何一行答复；请补一行或写 `其余`。

      11%..20% after ..10%
      → 10%<..20%

  ## table-may-gap

  It could not be proved that some row answers for every input.

  未能证明每种输入都有一行答复。

  ## gap-undecided

  So many rows overlap that gaps were not looked for to the end. An `else` row makes sure.

  重叠的行太多，未能查完；加一行 `其余` 即可确保。

  ## branches-uncovered

  No rule of the territories mentions these branches of a tree; records there go to `otherwise`.

  层级的这些分支没有任何辖区覆盖，会落到兜底。

  # Territories, assignment, sharing

  ## policy-not-said

  Several territories may hold, and it is not said which counts.

  没有说明多个辖区都符合时取哪个。

      territories for A to R { … }
      → territories for A to R, first { … }

  ## missing-otherwise

  It is not said what happens where no rule holds; nobody falls through in silence.

  没有写兜底。

      otherwise queue unassigned

  ## rule-without-outcome

  The rule gives nothing and has no rules in it.

  规则既没有结果，也没有下级规则。

  ## second-owner

  A rule gives one owner; share with `split credit`.

  一条规则只能有一个归属。

  ## shares-not-100

  The shares of a whole add up to 100 %. What stands outside it is `extra`.

  份额合计必须是 100%；另外的写 `另计`。

      rep 50%, helper 30%, partner 15%
      → rep 50%, helper 30%, partner 20%

  ## shares-not-proved

  The shares are formulas of which it is not sure that they add up to 100 %. Where they are constants, formulas of the same values (`share` and `100% - share`), or cases over the same conditions, it
  can be proved. Elsewhere each record is asked: one whose shares do not add up is undetermined, and nothing of it is split.

  份额是公式，无法确定合计为 100%。把其中一份写成其余的剩余（`100% - share`）即可证明；否则合计不是 100% 的记录为 `待定`，不作分摊。

      rep share, helper other
      → rep share, helper 100% - share

  ## split-without-quantum

  It is not said to what the parts are rounded.

  没有说明各份取整到多少。

      split credit of Deal.amount { … }
      → split credit of Deal.amount to 0.01 { … }

  ## not-divisible

  Only a number or an amount can be split.

  只有数字或金额可以分摊。

  ## part-not-named

  A part is a member of an enum, a field that refers to a record, or a record.

  每一份要写选项成员、字段或记录。

  ## sets-other-type

  The field behind `sets` does not refer to the candidates' record.

  写入的字段指向的不是候选人的对象。

  ## sets-never-missing

  Records are taken while the field is missing, and this one never is. Declare it with `?`.

  这个字段从不空缺，请在类型后加 `?`。

  ## sets-no-field

  Only a field of a record can be set.

  只能改写记录的字段。

  ## second-setter

  Two blocks set one field.

  两个块都写入同一字段。

  ## counts-no-field

  Only a number field of the candidate can be counted.

  只能计入候选人的数字字段。

  ## skip-without-pool

  `skip` keeps people out of pools, and this block has none: it never touches a plain `to`.

  `跳过` 只对候选起作用，对直接指定不起作用。

  ## rotation-not-last

  After a rotation nothing is left to decide.

  轮流之后已经没有需要再比的了。

  ## catchup-not-said

  Where turns are weighted, say whether somebody new or back from leave makes up for lost turns.

  按权重轮流时，要写明回来的人是否补轮。

      weighted by r.capacity
      → weighted by r.capacity no catchup

  ## catchup-without-weight

  Without weights there are no turns to catch up on.

  没有权重就没有补轮可言。

  ## match-without-equality

  Without an equality every record would be compared with every other. Add one, or write `where yes` if that is meant.

  没有相等条件就要两两比较；请加一个，或写明 `满足 是`。

  ## match-without-rules

  Nothing says when two records match.

  没有说明何时算重复。

  ## stops-no-decision

  A `require` stops a decision, and this is a plain value.

  只能拦住判定，这里是计算值。

  ## together-without-whole

  Records are judged together within their whole, and this record is part of none.

  合并要在同一整单之内，这个对象不属于任何整单。

  ## never-missing

  The field is never missing, so asking for it, or setting it to `missing`, says nothing.

  这个字段不会空缺。

  ## removes-no-record

  Only a record can be removed.

  只能去掉记录。

  # Price

  ## price-without-start

  A price begins with `start`.

  定价要从起价开始。

  ## second-start

  A price starts once. List several sources in `start first of { … }`.

  起价只能有一个；多个来源写在 `起价 首个可用` 里。

  ## second-times

  The price is that of the whole line already.

  价格已经是整行的了。

  ## not-a-price

  A price is an amount of money.

  价格必须是金额。

  ## not-an-adjustment

  A price changes by a percent or an amount.

  价格只能按百分比或金额变动。

  ## ambiguous-base

  A percent of what: the running price or the start price? Say it in the header, or with `of`.

  按哪个价的百分比？请在块头写明，或写 `基于`。

      price Line { … 5% off }
      → price Line, each step on the running price { … }

  ## never-rounded

  Nothing rounds unless a step says so, and this price never does; fractions of a cent would stay.

  价格从不取整，会留下零头。

      round half up to 0.01

  ## round-to-nothing

  Rounding needs a step above zero.

  取整的单位必须大于零。

  ## round-in-slab

  A part of a line is not rounded by itself; round after the slab.

  一行中的一段不单独取整。

  ## slab-above-times

  A slab parts the pieces of a line, so it stands below `times`.

  分段要放在乘以数量下面。

  ## threshold-above-times

  Above `times` the running price is that of one piece, which is hardly what a threshold means.

  在乘以数量上面，这里只是单件的价格。

  ## slab-with-from

  A measure that is no integer has no pieces to count; write `over`.

  不是整数的分段没有“第几件”，请写 `超出`。

  ## amount-in-money-slab

  Where money is measured there are no pieces, so an amount per piece says nothing. Write a percent, or a tier.

  按金额分段时没有“每件减多少”。

  ## bound-not-number

  A step begins at a number or an amount.

  阶梯的起点要是数字或金额。

  ## same-bound

  Two steps begin at the same bound.

  两级阶梯的起点相同。

  ## every-nothing

  `for every` needs an amount above zero.

  每满的数额必须大于零。

  ## whole-of-no-record

  `whole` names the field by which a line names its whole.

  整单要写指向整单的字段。

  ## whole-above-times

  The lines have no price yet; move `times` above the block.

  此处还没有行价，请把乘以数量移到上面。

  ## not-in-whole

  This step does not stand inside `whole`.

  这一步不能放在整单之内。

  ## floor-not-last

  A later step may go below the floor again. Move the floor behind it.

  后面的步骤可能又低于底价，请把底价移到后面。

  ## ask-without-authority

  `ask` adds to an approval, and no `authorize … on` block makes one.

  没有折扣授权，无处报批。

  ## priority-of-an-offer

  The steps of a price go in their order; a priority says nothing.

  定价按书写顺序执行，优先级没有意义。

  # Authorization

  ## sale-without-permit

  Nothing is permitted here, so every sale is refused.

  没有任何准许，所有销售都会被拒绝。

  ## useless-priority

  A priority says nothing in this block.

  优先级在这里不起作用。

  ## ladder-not-ordered

  A ladder is an enum whose members rise.

  职级必须分高低。

      enum Role { … }
      → enum Role ordered { … }

  ## attribute-not-rankable

  What is tested must have more and less: a number, a percent or an amount.

  被检验的值要有大小。

  ## worse-not-said

  It is not said whether more or less is worse.

  没有说明是越高越严还是越低越严。

      by Role { … }
      → by Role, more is worse { … }

  ## asker-without-rung

  The asker's record has not exactly one field of the ladder; write the path to the rung.

  看不出申请人的职级，请写到职级字段。

  ## rung-without-limit

  A rung without a limit has no authority at all. If it may allow anything, write `any`.

  没有额度就没有权限；不限的话写 `不限`。

  ## second-plain-limit

  A rung has two limits that always apply; only the tighter counts.

  一级有两个总是适用的额度。

  ## limits-fall

  A rung may allow less than one below it.

  上级的额度比下级还小。

  ## watched-not-field

  `void on` names fields of the record itself, as the approval remembers them.

  作废于只能写本条记录的字段。

  # Tests

  ## given-twice

  A field is given twice.

  同一字段给了两次。

  ## not-a-base-field

  The value is worked out, so it cannot be given or set.

  这个值是算出来的，不能直接给出。

  ## not-a-reference

  A record stands here, by type and key.

  这里要写一条记录。

      Rep "R1"

  ## reference-of-other-type

  A record of another type is wanted.

  这里要的是另一种对象的记录。

  ## not-a-field-of-a-record

  A field of a record stands here.

  这里要写某条记录的字段。

      Rep "R1".capacity

  ## nothing-to-commit

  Only an `assign` has something to record.

  只有分配的结果可以执行。

  ## reason-without-result

  A column of reasons follows the result it explains.

  原因一列要跟在结果后面。

  ## question-of-other-width

  The question is asked of another number of records.

  这个问题要针对的记录数不同。

  ## answer-of-other-kind

  This word is no answer to the question.

  这不是这个问题的答案。

  ## not-a-title

  The answer is a rule; give its title in quotes.

  答案是规则，要写它的标题。

  ## not-a-part

  The answer has no part of this name.

  答案里没有这个部分。

  ## matches-nothing-said

  A change or an alert says neither for which records it is (`for Lead`) nor when. Write one of the two.

  联动或预警既没有写明针对哪种记录，也没有写条件。

  ## patterns-not-joined

  Records of two patterns meet each with each, because no equality ties them together: ten thousand leads and a hundred reps are a million pairs. Add an equality such as `a.phone = b.phone`; if every pair is meant, the condition is `yes`.

  两个匹配对象之间没有相等条件，会逐条两两组合，一万条线索和一百名销售就是一百万对。请加上 `a.电话 = b.电话` 这样的相等条件；确要全部组合时，条件写 `是`。

  ## sets-derived

  What is worked out (a `define`, a price, a territory) follows from facts and cannot be set. Set a field that it is worked out from.

  计算出来的值由事实推出，不能直接改写；请改写它所依据的字段。

  ## sets-key

  A key is how other records and rules know a record, so it is never set. If that is meant, remove the record and insert another one.

  主键是别的记录和规则认出这条记录的依据，不能改写；确要如此，请去掉这条记录并新增一条。

  ## set-may-be-missing

  A field that is never missing is set to a value that may be. Where it is, the change does nothing and a fault is counted. Ask for the value in the condition (`x is known`), or write `x or else …`.

  不允许空缺的字段被改写成可能空缺的值。真的空缺时联动不执行，并记一次出错。请在条件里要求该值已填，或写 `缺则 …`。

  ## insert-lacks

  A record is inserted without a value for a field that is never missing and has no default.

  新增记录时，有不允许空缺、又没有默认值的字段没有写值。

  ## removes-unmatched

  Only a record that the change matched can be removed: one of its patterns, or `this`. Match what a path leads to as a pattern of its own.

  只能去掉条件里匹配到的记录，即某个匹配对象或 `本条`。路径所指的记录要先写成匹配对象。

  ## changes-nothing

  Wherever the condition of the change holds, its outcomes are so already. Most likely a value is written twice, or the wrong one.

  条件成立时，要改写的值本来就是那样，多半是写错了值。

  ## changes-go-round

  What these changes write is what they read, so one may set off the next without end. Let one of them require what its own outcome ends (`when status = new then set status = open`), or count towards a bound. A run ends at `--max-firings` and names what went round.

  这些联动改写的正是彼此条件要读的值，可能无休止地互相触发。让其中一条的条件在执行后不再成立，或让计数有上限。运行时到 `--max-firings` 次会停下，并指出是哪几条。

  ## measure-not-number

  A measure is a number or an amount.

  指标要是数字或金额。

  ## limit-of-other-kind

  A limit is an amount of the measure's own kind (`1000`, `2%` for a measure that is a percent) or a percent of what the measure is under the base.

  限度写成与指标同一种的量（`1000`；指标是百分比时 `2%` 指百分点），或写成百分比，以基准规则下的指标为 100%。

  ## limit-below-zero

  A limit says how far a measure may fall or rise; the direction is in the words, the amount is not below zero.

  限度说明指标最多可以降多少或升多少：方向由词语表示，数值不小于零。

  ## limit-on-good-side

  A limit that holds back a change for the better is most likely written the wrong way round.

  限度拦住了变好的一边，多半写反了。

  ## experiment-needs-arms

  An experiment compares at least two rule sets, each with a share above zero; the shares add up to 100%.

  分流试验至少要有两套规则，各有大于零的份额，合计 100%。

  ## looks-not-rising

  Looks stand in the order of their dates.

  评估日要按先后书写。

  # Data

  ## blank-cell

  A field that may not be missing is blank in the data. Fill it in, declare the field with `?`, or give it a default.

  不许空缺的字段在数据里是空的。

  ## not-a-number

  The cell is no number.

  这一格不是数字。

  ## number-too-large

  The cell has more digits than are kept exactly. An identifier belongs in a `text` field.

  位数超出能精确保存的范围；编号应当用文本。

  ## too-many-decimals

  Money keeps six decimals.

  金额最多保留六位小数。

  ## not-an-integer

  The cell is no whole number.

  这一格不是整数。

  ## bad-thousands

  The commas do not part groups of three.

  逗号没有按三位一组分隔。

  ## bare-percent

  In a percent column `15` may be 15 % or 1500 %. Say `as fraction` or `as points`, or write the sign.

  百分比列里的数字不知是小数还是百分点；请声明格式。

      rate from "Rate"
      → rate from "Rate" as fraction

  ## not-an-amount

  The cell is no amount.

  这一格不是金额。

  ## wrong-currency

  The amount is in another currency than the field.

  金额的币种与字段不同。

  ## no-currency

  A field of any currency needs the currency in the data.

  任意币种的字段要在数据里写明币种。

  ## not-a-date

  The cell is no date of the declared form.

  这一格不是所声明格式的日期。

      created
      → created as "dd/MM/yyyy"

  ## not-a-time

  The cell is no time of the declared form.

  这一格不是所声明格式的时间。

  ## not-a-duration

  The cell is no length of time. A number and its unit is one, as in `30 days`, and so is the form of ISO 8601: `P1Y2M`, `P30D`, `P2W`, `PT1H30M`. The letters of that
  form stand in order, and none is left out between two that are there.

  这一格不是时长。可以写数字加单位，如 `30 天`，也可以写 ISO 8601 的形式，如 `P30D`。

      PT1H2S
      → PT1H0M2S

  ## months-and-days

  A month has no fixed number of days, so a length of time is counted in months or in days, not in both. Give it one way, or in two columns.

  一个月没有固定的天数，时长只能按月或按天计。

      P1M15D
      → P45D

  ## part-of-a-second

  A length of time is a whole number of seconds, or of months; half an hour is, half a second is not.

  时长要是整数秒或整数月；半小时可以，半秒不行。

  ## not-yes-or-no

  The cell is neither yes nor no.

  这一格既不是“是”也不是“否”。

  ## not-a-member

  The enum or tree has no such member; names and labels are read. The message offers the near ones. Add the value where the enum or tree is declared, mend the file, or say that it stands for nothing.

  选项或层级里没有这个值。请加进选项、改正文件，或声明它表示空缺。

      industry
      → industry missing when "Select"

  ## wrong-kind

  The JSON value is of another kind than the field.

  JSON 里的值与字段类型不符。

  ## part-of-key

  A reference by a key of several fields has some of them blank. Fill in the rest, or leave all of them blank.

  引用的主键只填了一部分；请补全，或全部留空。

  ## unreadable-type

  No data file can give a value of this type.

  这种类型无法从数据文件读取。

  ## not-a-text-file

  The file is a workbook, an archive or another thing that only bears the name of a table. Save it as CSV and give that.

  这其实是工作簿、压缩包之类，请另存为 CSV。

  ## not-utf8

  The bytes are not UTF-8. The message says what they look like; GBK is read where the data say `encoding "GBK"`, else save the file as UTF-8.

  不是 UTF-8；若是 GBK 请声明编码，或另存为 UTF-8。

      data Item from "items.csv" { encoding "GBK" }

  ## unknown-encoding

  UTF-8 and GBK are read.

  只支持 UTF-8 和 GBK。

  ## empty-file

  The file has no header line.

  文件没有标题行。

  ## absent-column

  A note: a field that may be missing has no column in the file, so it is missing in every record. If the file has it under another header, name that with `from`: a header that is named must be there.

  可空缺的字段在文件里没有对应的列，每条记录都空缺；若列名不同，请用 `来自` 写明。

      data Lead from "leads.csv"
      → data Lead from "leads.csv" { phone from "Mobile" }

  ## duplicate-column

  Two columns have the same header.

  有两列同名。

  ## bad-header

  The header line cannot be read.

  无法读取标题行。

  ## too-few-cells

  The row has fewer cells than the header.

  这一行的格比标题少。

  ## too-many-cells

  The row has more cells than the header. A cell with the delimiter in it stands in quotes.

  这一行的格比标题多；含分隔符的格要加引号。

  ## unclosed-quote

  A quote is opened and not closed.

  引号没有结尾。

  ## text-behind-quote

  Text follows a closing quote; a quote inside a cell is doubled.

  引号结束后还有文字；格内的引号要写两遍。

  ## row-too-long

  A row is at most 16 MiB; look for a quote that is not closed.

  一行过长，多半是引号没有结尾。

  ## row-not-utf8

  The row has bytes that are not UTF-8.

  这一行有不是 UTF-8 的字节。

  ## duplicate-key

  The key came before; the later row is set aside.

  主键重复，后面的行放到一边。

  ## not-an-object

  A line of JSON Lines is an object.

  每行应当是一个 JSON 对象。

  ## duplicate-member

  The object has two members of one name.

  对象里有两个同名成员。

  ## bad-json

  The line is not JSON.

  这一行不是 JSON。

  ## dangling-reference

  A reference names a record that is not there. The value is missing, and is counted.

  引用的记录不存在；按空缺处理并计数。

  ## no-experiment

  `writ experiment` reads what the rules declare with `experiment "title" for Record { by id { "base" 50%, "new" 50% } }`.

  `writ experiment` 读的是规则里用 `分流试验` 声明的试验。

  ## unknown-experiment

  `--only` takes the title of a declared experiment.

  `--only` 后面写已声明试验的标题。

  ## undeclared-look

  Who reads an experiment whenever he likes and stops at what he likes finds effects that are not there. Days of reading are declared with `looks` before the start, and the chance of being wrong is shared out among them; read with `--as-of` one of these days, and with the data of that day.

  想看就看、看到喜欢的就停，会看出并不存在的效果。读数的日子要在开始之前用 `评估日` 写好，出错的机会分摊在这几次里；请用 `--as-of` 指定其中一天，并用当天的数据。

  ## missing-data

  No file gives the records of this type. Say where they are with `--data`.

  缺少这种对象的数据，请用 `--data` 指明。

      writ run rules/ --data data/

  ## whose-data

  It is not said whose records a file holds.

  没有说明文件里是哪种记录。

      --data leads.csv
      → --data Lead=leads.csv

  ## one-standard-input

  Standard input can be read once.

  标准输入只能读一次。

  ## bad-state

  The file is no state that writ wrote.

  这不是 writ 写的状态文件。

  # The command

  ## unknown-command

  There is no such command.

  没有这个命令。

  ## unknown-option

  There is no such option.

  没有这个选项。

  ## unknown-choice

  The option has a few values only.

  这个选项只有几种取值。

  ## option-needs-value

  The option needs a value.

  这个选项后面缺少值。

  ## option-takes-no-value

  The option takes no value.

  这个选项不带值。

  ## option-given-twice

  The option is given twice.

  这个选项给了两次。

  ## missing-argument

  Something must be named: rules, a record, a code.

  缺少一个参数。

  ## extra-argument

  Nothing more is expected here.

  这里不需要更多参数。

  ## unknown-code

  There is no message of this code.

  没有这条消息。

  ## no-such-file

  There is no such file or folder.

  没有这个文件或文件夹。

  ## cannot-read

  The file cannot be read; the reason is the system's.

  文件读不了，原因由系统给出。

  ## cannot-write

  The file cannot be written; the reason is the system's.

  文件写不了，原因由系统给出。

  ## no-rules

  There is no `.writ` file here.

  这里没有 `.writ` 文件。

  ## bad-date

  `--as-of` is a calendar date.

  `--as-of` 要写日期。

      --as-of 2026-06-30

  ## unknown-rule-set

  What is compared is a folder, a file, or the title of a `variant` that stands in one of the rule sets named.

  比较的对象是文件夹、文件，或写在所列规则中的 `方案` 的标题。

  ## missing-base

  A variant says of what it is a variant: a folder as seen from the file it stands in, that folder itself, or the title of another variant.

  方案要写明以什么为基础：相对于所在文件的文件夹、该文件夹本身，或另一个方案的标题。

  ## circular-variants

  Each variant is based on the other, so none has a base.

  方案互为基础，没有起点。

  ## unknown-param

  `sweep` varies what is declared with `param`, by its name or label.

  只能变动用 `可调` 声明的值，写它的名称或标签。

  ## param-of-other-kind

  A sweep goes from one number to another: a percent, a number, an amount of money.

  变动的是数值、百分比或金额。

  ## no-range

  Say which values a param is to take: behind it in the rules, or with `--from` and `--to`.

  要写明可调值取哪些值：写在规则里，或用 `--from` 和 `--to`。

      param cap = 12%
      → param cap = 12% in 5%..20%

  ## bad-sweep-value

  A value is written as the param is: a percent for a percent.

  取值的写法与可调值相同：百分比就写百分比。

      --from 5
      → --from 5%

  ## bad-sweep

  A sweep goes upwards, in steps above zero, over a number of values that can be read; with several params each has its own range.

  从小到大，步长大于零，取值不宜过多；有几个可调值时，各自写范围。

  ## sweep-does-not-check

  With one of the values the rules have an error: it may lie outside of the range that the param declares.

  取某个值时规则有错误，可能超出了声明的范围。

  ## bad-pin

  `--pin` names records to keep in view, as `Type:KEY`, or a file with one a line.

  `--pin` 指明要一直显示的记录，写作 `类型:主键`，也可以给一个每行一条的文件。

      writ watch rules/ --data data/ --pin Lead:L-1042

  ## changes-do-not-settle

  Changes went on until `--max-firings`, and the run ended without deciding anything. The changes named set each other off: let the condition of one cease to hold by what it does, or allow more firings if they do come to an end.

  联动一直执行到 `--max-firings` 上限，运行就此停止，没有作任何判定。所列联动互相触发：请让其中一条执行后条件不再成立；若确实会停下来，就放宽上限。

      writ run rules/ --data data/ --max-firings 5000000

  ## too-many-matches

  The records of a change or an alert meet in more ways than can be kept or gone through, because nothing but a few values parts them: a thousand leads of one phone number are half a million pairs. No firing, and no alert, is told of such a run. Let the patterns share a field that tells records apart, or put the condition first that few records meet.

  联动或预警的记录互相匹配的方式太多，保存不下或找不完，因为几乎没有条件把它们区分开：同一电话的一千条线索就有近五十万对。这样的运行不执行任何联动，也不报告任何预警。请让各条记录之间有能区分开的相等字段，或写上只有少数记录满足的条件。

      alert "channel conflict" { when Lead a, Lead b where a.phone = b.phone and a.phone != "" and a.id < b.id }

  ## change-did-nothing

  A change matched, but one of its outcomes could not be done: a value is missing where the field may not be, or is a fault; the record is not there; the key of a new record is taken by one that differs. None of its outcomes is done then, and the exit status is 1.

  联动的条件成立了，但有一项做不到：不能空缺的字段得到了空缺的值或出错的值，记录不存在，或新增记录的主键已被内容不同的记录占用。这时整条都不执行，退出码为 1。

  ## changes-clash

  Two changes set one field of one record to different values while the facts settled. The later one stays; which one that is follows from priority and order. Let their conditions exclude each other.

  联动过程中，两条联动把同一条记录的同一字段改成了不同的值，以后执行的为准，先后取决于优先级和书写次序。请让两者的条件互斥。

  ## bad-count

  An option wants a whole number above 0.

  这个选项要写大于 0 的整数。

      --max-firings 5000

  ## two-files-of-one-name

  `--facts` writes every file of data into one folder under its own name, and two of them have the same.

  `--facts` 把每个数据文件按原名写进同一个文件夹，而其中有两个同名。

  ## not-in-encoding

  `--facts` keeps the encoding of a file, and the encoding has no signs for a text that a change put there.

  `--facts` 保持文件原来的编码，而这种编码无法表示联动写入的文字。

  ## no-log-there

  An audit log is a plain file: only such a one can be appended to, closed at a size and read again.

  审计日志必须是普通文件，才能追加、按大小换文件、再读回来。

      writ run rules/ --data data/ --log decisions.jsonl

  ## log-in-use

  One run writes to a log at a time; the lines of two would not stand in one chain.

  同一时刻只能有一次运行写日志，否则两次的行连不成一条链。

  ## not-a-log

  The file is not what `writ run --log` writes. Nothing is appended to it, and there is nothing to verify.

  这个文件不是 `writ run --log` 写出的，既不向它追加，也无从核对。

  ## bad-size

  A size of a file is a number with `KB`, `MB` or `GB`, and at least `1KB`.

  文件大小写作数字加 `KB`、`MB` 或 `GB`，至少 `1KB`。

      writ run rules/ --data data/ --log decisions.jsonl --log-size 100MB

  ## log-for-a-viewer

  An audit log tells every decision with the values that it rests on; `--as` hides what its viewer may not see. Keep the log in a run without `--as`.

  审计日志记录全部判定及其依据的字段值，而 `--as` 会隐藏查看人无权看的内容。请在不带 `--as` 的运行中记录日志。

  ## other-audit-form

  The log has the form of another version of writ. It is not guessed at: verify it with the version that wrote it, which its first line names.

  日志的格式属于另一版 writ，不作猜测：请用写出它的那一版核对，版本号在首行。

  ## bad-run-number

  `--run` names a run of the log by its number from 1, or the `last`.

  `--run` 用从 1 起的编号指明日志中的某一次运行，或写 `last`。

  ## bad-percent

  `--coverage-min` is a percent from 0 to 100.

  `--coverage-min` 是 0 到 100 的百分比。

      writ test rules/ --coverage-min 80%

  ## no-such-run

  The log has fewer runs than that.

  日志里没有这么多次运行。

  ## facts-not-settled

  `why` answers from settled facts, and the changes do not settle.

  `why` 依据联动之后的事实作答，而联动停不下来。

  ## record-removed

  The record that `why` asks about was removed by a change, so nothing is decided for it.

  `why` 所问的记录已被联动去掉，不再有判定。

  ## nothing-to-decide

  The rules decide nothing for a record of the data.

  规则没有针对记录的判定。

  ## several-record-types

  CSV holds one type of record; choose a decision with `--only`.

  CSV 只能放一种对象，请用 `--only` 选一项。

  ## unknown-decision

  There is no such decision.

  没有这项判定。

  ## unknown-record

  No record has this key or name.

  没有这条记录。

  ## unknown-record-type

  The rules have no such record.

  规则里没有这种对象。

  ## unknown-viewer

  Nobody is called so; a person is written `Rep:R1`.

  没有这个身份；某个人写作 `Rep:R1`。

  ## approval-is-built-in

  `Approval` is a record of the language; what was approved is given or read as data of it. Do not declare it.

  `审批` 是内置对象，不要再声明。

  ## file-is-there

  `writ new` never writes over a file. Name another with `--output`, or move the old one.

  不会覆盖已有文件；请用 `--output` 写到别处。

  ## models-differ

  Rule sets are compared on the same records, so records, fields, enums and trees have to be the same in all of them. The message names the first that is not, and where each rule set declares it.

  几套规则在同一批记录上比较，所以对象、字段、枚举和层级必须一致。消息指出第一处不同以及各自的声明位置。

  ## too-many-rule-sets

  At most 64 rule sets are compared in one pass.

  一次最多比较 64 套规则。

  ## unknown-segment

  `--by` names a field of the compared record, a derived value, or a path over references.

  `--by` 后面写被比较对象的字段、计算值，或沿引用的路径。

      --by rep.regoin
      → --by rep.region

  ## unknown-recorded-field

  `--against` names a field in which the data hold what was really decided or charged; it has the type of the answer.

  `--against` 后面写存放实际结果的字段，类型要与判定结果相同。

      --against Quote.decided
      --against price=charged

  ## not-a-part

  `writ merge` adds up files that `writ compare --partial` wrote.

  `writ merge` 合并的是 `writ compare --partial` 写出的文件。

  ## parts-differ

  Parts add up only if the same rule sets, with the same tables, were compared, for the same date, cut by the same fields.

  只有规则集、对照表、业务日和细分方式都相同的部分结果才能合并。

  ## ambiguous-rule-set

  Variants of one title stand in several of the rule sets that were named, and may change different bases.

  所列的几套规则中有同名的方案，它们的基础规则可能不同。

  ## parts-overlap

  Parts may share small files that all of them read; what is decided of the records in them then counts once, and has to be the same
  in each part. It is not where it depends on records that were cut, or where only some of the files are shared.

  各部分可以共用一些小文件，其中记录的判定只算一次，因此各部分的结果必须相同。如果判定取决于被分开的记录，或者只共用了一部分文件，就不能合并。

  ## part-given-twice

  Two of the files were made from the same data. Added up, every record in them would count twice.

  其中两个文件来自同一批数据，合并会把其中的记录算两遍。

  ## part-needs-keys

  Parts tell records apart by their keys. Give the record a key.

  部分结果靠编号区分记录，请给该对象声明编号。

  ## part-has-state

  Turns and loads go from record to record, so the records of an `assign` or of rules that change facts cannot be compared in parts. Compare them in one run, or leave them out with `--only`.

  轮次和负荷在记录之间传递，分配和联动不能分批比较。请一次比较，或用 `--only` 只比较其他判定。

  """#####
