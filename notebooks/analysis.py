"""十五个问题：谁落后、哪些县没有材料、哪些错误反复出现、参与怎样逐日增长、哪类活动薄弱，再加常被问到的十个。

打开：marimo edit notebooks/analysis.py（看：marimo run notebooks/analysis.py）。数据取自 NOTICES_HOME 下的快照，只读。
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="报送情况分析")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    from pipelines.ground.home import Home
    from pipelines.warehouse.snapshot import connect_snapshot

    connection = connect_snapshot(Home.default().published)
    return alt, connection, mo


@app.cell
def _(connection, mo):
    notices = connection.execute(
        """
        SELECT notices.title, notices.notice_id, max(scans.scanned_at) AS last_scan
        FROM core.notices INNER JOIN raw.scans ON notices.notice_id = scans.notice_id
        GROUP BY ALL ORDER BY last_scan DESC
        """
    ).df()
    choice = mo.ui.dropdown(
        dict(zip(notices["title"], notices["notice_id"], strict=True)),
        value=notices["title"][0],
        label="通知",
    )
    return choice, notices


@app.cell
def _(choice, mo, notices):
    last_scan = notices.set_index("notice_id")["last_scan"][choice.value].to_pydatetime()
    moment = mo.ui.datetime(value=last_scan, stop=last_scan, label="截至")
    return (moment,)


@app.cell
def _(choice, mo, moment):
    mo.vstack([mo.md("# 报送情况分析"), mo.hstack([choice, moment], justify="start")])
    return


@app.cell
def _(choice, connection, moment):
    def ask(query, **parameters):
        """A query with $notice and $t, where it names them, as a data frame."""
        given = {"notice": choice.value, "t": moment.value, **parameters}
        return connection.execute(
            query, {name: one for name, one in given.items() if f"${name}" in query}
        ).df()

    return (ask,)


@app.cell
def _(alt, ask, mo):
    behind = ask(
        """
        SELECT city, due, on_time, late, missing, reporting_rate
        FROM marts.city_reporting_as_of($notice, $t) WHERE due > 0 ORDER BY reporting_rate, city
        """
    )
    states = {"on_time": "按时", "late": "迟报", "missing": "未报"}
    long = behind.melt(["city"], list(states), "state", "count").replace({"state": states})
    owing = ask(
        """
        SELECT recipient AS 单位, count(*) AS 未报项, count(*) FILTER (is_returned) AS 其中退回未补,
            strftime(min(due_at), '%m-%d') AS 最早截止
        FROM marts.obligation_status_as_of($notice, $t) WHERE status = 'missing'
        GROUP BY ALL ORDER BY 未报项 DESC, 最早截止, 单位 LIMIT 15
        """
    )
    behind_chart = (
        alt.Chart(long, title="已到期的报送项")
        .mark_bar()
        .encode(
            alt.X("count", title="占已到期项").stack("normalize").axis(format="%"),
            alt.Y("city", title=None, sort=list(behind["city"])),
            alt.Color("state", title=None, sort=list(states.values())).scale(
                domain=list(states.values()), range=["#4c9f70", "#f2b134", "#c8553d"]
            ),
            alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("city", title="市"),
                alt.Tooltip("state", title="报送情况"),
                alt.Tooltip("count", title="项数"),
            ],
        )
        .transform_calculate(order="indexof(['按时', '迟报', '未报'], datum.state)")
    )
    mo.vstack(
        [mo.md("## 一、谁落后\n按报送率从低到高；右表是欠得最多的单位。"), mo.hstack([behind_chart, owing])]
    )
    return behind, owing


@app.cell
def _(alt, ask, mo):
    counties = ask(
        """
        WITH named AS (
            SELECT DISTINCT city_code, county FROM core.items
            WHERE notice_id = $notice AND kind = 'materials' AND NOT is_zero_report
                AND current_from <= $t AND current_until > $t AND county IS NOT NULL
        )
        SELECT cities.city, counties.county, named.county IS NOT NULL AS has_materials
        FROM core.counties
        INNER JOIN core.cities USING (notice_id, city_code)
        LEFT JOIN named ON counties.city_code = named.city_code AND counties.county = named.county
        WHERE counties.notice_id = $notice ORDER BY counties.county_code
        """
    )
    silent = counties[~counties["has_materials"]]
    by_city = (
        silent.groupby("city", sort=False)
        .agg(县数=("county", "size"), 县市区=("county", "、".join))
        .reset_index()
    )
    silent_chart = (
        alt.Chart(by_city, title="没有材料的县（市、区）数")
        .mark_bar(color="#c8553d")
        .encode(
            alt.X("县数").axis(tickMinStep=1),
            alt.Y("city", title=None, sort="-x"),
            tooltip=[alt.Tooltip("city", title="市"), "县数", "县市区"],
        )
    )
    told = mo.md(
        f"## 二、哪些县没有材料\n{len(counties)} 个县（市、区）里，{len(silent)} 个还没有一条材料写到。"
    )
    mo.vstack([told, mo.hstack([silent_chart, by_city.rename(columns={"city": "市"})])])
    return counties, silent


@app.cell
def _(alt, ask, mo):
    from pipelines.report.phrases import LABELS

    errors = ask(
        """
        WITH faults AS (
            SELECT reason, column_name, header, recipient, sentence
            FROM marts.verdicts WHERE notice_id = $notice AND received_at <= $t AND severity = 'error'
            UNION ALL
            SELECT reason, '整件', '整件', recipient, sentence FROM marts.files
            WHERE notice_id = $notice AND received_at <= $t AND state = 'rejected' AND reason <> 'no_valid_row'
        )
        SELECT
            reason, mode(regexp_replace(header, '^[0-9]+、', '') ORDER BY header) AS place, count(*) AS times, count(DISTINCT recipient) AS units,
            min(sentence) AS example
        FROM faults GROUP BY reason, column_name ORDER BY times DESC, reason, place
        """
    )
    errors["reason_name"] = errors["reason"].map(lambda code: LABELS.get(code, code))
    errors_chart = (
        alt.Chart(errors.head(20), title="退回最多的 20 种（原因 × 哪一列）")
        .mark_bar()
        .encode(
            alt.X("times", title="次数").axis(tickMinStep=1),
            alt.Y("what:N", title=None, sort="-x").axis(labelLimit=260),
            alt.Color("units", title="单位数").scale(scheme="oranges"),
            tooltip=[
                alt.Tooltip("reason_name", title="原因"),
                alt.Tooltip("reason", title="原因代码"),
                alt.Tooltip("place", title="哪一列"),
                alt.Tooltip("times", title="次数"),
                alt.Tooltip("units", title="单位数"),
                alt.Tooltip("example", title="例如"),
            ],
        )
        .transform_calculate(what="datum.place + ' · ' + datum.reason_name")
    )
    mo.vstack([mo.md("## 三、哪些错误反复出现\n出现在许多单位的，多半是模板或说明没讲清。"), errors_chart])
    return (errors,)


@app.cell
def _(alt, ask, mo):
    growth = ask(
        """
        WITH days AS (
            SELECT unnest(generate_series(event_first_day, event_last_day + 3, INTERVAL 1 DAY)) AS day
            FROM core.notices WHERE notice_id = $notice
        )
        SELECT days.day, sum(coverage.participants) AS participants, sum(coverage.materials) AS materials
        FROM days
        CROSS JOIN LATERAL marts.city_coverage_as_of($notice, days.day + INTERVAL 86399 SECOND) AS coverage
        WHERE days.day <= $t GROUP BY ALL ORDER BY days.day
        """
    )
    growth_chart = alt.hconcat(
        *(
            alt.Chart(growth, title=f"{title}（当天结束时已知的累计）", width=330)
            .mark_line(point=True, color=color)
            .encode(
                alt.X("day", title=None).axis(format="%m-%d", tickCount="day"),
                alt.Y(name, title=None).axis(format="~s"),
                tooltip=[
                    alt.Tooltip("day", format="%m-%d", title="日期"),
                    alt.Tooltip(name, format=",", title=title),
                ],
            )
            for name, title, color in (
                ("participants", "参与人数", "#2b6cb0"),
                ("materials", "材料", "#4c9f70"),
            )
        )
    )
    mo.vstack([mo.md("## 四、参与怎样逐日增长\n更正可使累计变小；活动后三天还有补报。"), growth_chart])
    return (growth,)


@app.cell
def _(alt, ask, mo):
    thin = ask(
        """
        WITH categories AS (
            SELECT word AS category, min(position) AS position FROM core.list_words
            WHERE notice_id = $notice AND column_name = 'category' GROUP BY ALL
        ),
        counted AS (
            SELECT city_code, category, count(*) AS materials FROM core.items
            WHERE notice_id = $notice AND kind = 'materials' AND NOT is_zero_report
                AND current_from <= $t AND current_until > $t
            GROUP BY ALL
        )
        SELECT cities.city, categories.category, coalesce(counted.materials, 0) AS materials
        FROM core.cities
        CROSS JOIN categories
        LEFT JOIN counted ON cities.city_code = counted.city_code AND categories.category = counted.category
        WHERE cities.notice_id = $notice ORDER BY cities.city_code, categories.position
        """
    )
    base = alt.Chart(thin, title="各市各类活动的材料数", width=360).encode(
        alt.X("category", title=None, sort=None).axis(labelAngle=0), alt.Y("city", title=None, sort=None)
    )
    thin_chart = base.mark_rect().encode(alt.Color("materials", title="材料").scale(scheme="blues"))
    thin_chart += base.mark_text().encode(
        alt.Text("materials"),
        color=alt.when("datum.materials == 0")
        .then(alt.value("#c8553d"))
        .when(f"datum.materials > {thin['materials'].max() * 0.6}")
        .then(alt.value("white"))
        .otherwise(alt.value("#1a202c")),
    )
    least = thin.groupby("category", sort=False)["materials"].sum().sort_values()
    mo.vstack(
        [mo.md(f"## 五、哪类活动薄弱\n全省最少的是 **{least.index[0]}**（{least.iloc[0]} 条）。"), thin_chart]
    )
    return (thin,)


@app.cell
def _(ask, mo, moment):
    from datetime import timedelta

    from pipelines.ask.printing import HEADERS

    questions = {
        "每千人有多少人参与": """
            SELECT coverage.city AS 市, coverage.participants AS 参与人数, cities.people AS 人口,
                round(1000 * coverage.participants / cities.people, 1) AS 每千人
            FROM marts.city_coverage_as_of($notice, $t) AS coverage
            LEFT JOIN marts.cities ON cities.notice_id = $notice AND coverage.city_code = cities.city_code
            ORDER BY 每千人 DESC NULLS LAST, coverage.city_code
            """,
        "哪些单位三天来越报越差": """
            SELECT recipient AS 单位, earlier.reporting_rate AS 三天前报送率, latest.reporting_rate AS 现在报送率
            FROM marts.reporting_by($notice, $before, 'recipient') AS earlier
            INNER JOIN marts.reporting_by($notice, $t, 'recipient') AS latest USING (recipient_code, recipient)
            WHERE 现在报送率 < 三天前报送率 ORDER BY 现在报送率 - 三天前报送率, 单位
            """,
        "哪些单位只报零报告": """
            SELECT recipient AS 单位, deliverable_name AS 事项, zero_reports AS 零报告 FROM marts.reporting_as_of($notice, $t)
            WHERE zero_reports > 0 AND NOT is_participating ORDER BY 零报告 DESC, 单位
            """,
        "截止以后改了哪些数": """
            SELECT recipient AS 单位, title AS 标题, column_name AS 列, value_before AS 原来, value_after AS 改为, changed_at AS 何时
            FROM marts.corrections_as_of($notice, $t) WHERE is_after_due ORDER BY 何时, 单位, 标题, 列
            """,
        "哪些单位的材料没有写县（市、区）": """
            SELECT city AS 市, recipient AS 单位, count(*) AS 材料, count(*) FILTER (county IS NULL) AS 没有写县
            FROM marts.fact_materials_as_of($notice, $t) GROUP BY ALL HAVING 没有写县 > 0 ORDER BY 没有写县 DESC, 单位
            """,
        "报来的专栏网址打得开吗": """
            SELECT recipient AS 单位, url AS 网址, is_ok AS 打得开, failure AS 原因, checked_at AS 何时看的
            FROM marts.column_checks WHERE notice_id = $notice AND is_latest ORDER BY 打得开, 单位
            """,
        "退回以后多久补好": """
            SELECT owed.deliverable_name AS 事项, count(*) AS 补好的,
                median(epoch(owed.first_accepted_at - came.received_at)) / 3600 AS 小时中位数
            FROM marts.fact_obligations_as_of($notice, $t) AS owed
            INNER JOIN marts.fact_rows_as_of($notice, $t) AS came USING (recipient_code, deliverable, period)
            WHERE came.row_end = 'rejected' AND owed.first_accepted_at > came.received_at GROUP BY ALL ORDER BY 小时中位数, 事项
            """,
        "各渠道各收到多少，退回多少": """
            SELECT source AS 渠道, count(DISTINCT submission_id) AS 报送件, count(*) AS 行,
                count(*) FILTER (row_end = 'rejected') AS 退回行
            FROM marts.fact_rows_as_of($notice, $t) GROUP BY ALL ORDER BY 行 DESC, 渠道
            """,
        "哪种格式最容易被退回": """
            SELECT format AS 格式, count(*) AS 报送件, avg((state = 'rejected')::INTEGER) AS 退回占比
            FROM marts.submissions WHERE notice_id = $notice AND received_at <= $t GROUP BY ALL ORDER BY 退回占比 DESC, 格式
            """,
        "三天前的数现在变了多少": """
            SELECT city AS 市, figure AS 数, earlier.value AS 三天前, latest.value AS 现在
            FROM marts.figures_as_of($notice, $before) AS earlier
            INNER JOIN marts.figures_as_of($notice, $t) AS latest USING (city_code, city, figure)
            WHERE 三天前 IS DISTINCT FROM 现在 ORDER BY city_code, 数
            """,
    }
    before = moment.value - timedelta(days=3)
    told_more = {title: ask(query, before=before) for title, query in questions.items()}
    for table in told_more.values():
        for column in {"数", "列"} & {*table.columns}:
            table[column] = table[column].map(lambda code: HEADERS.get(code, code))
    mo.vstack(
        [
            mo.md("## 六、常被问到的十个\n写法见 docs/questions.md；“三天前”从所选的时刻往回数。"),
            mo.accordion(
                {
                    f"{title}（{len(table)} 行）": mo.ui.table(table, selection=None)
                    for title, table in told_more.items()
                }
            ),
        ]
    )
    return (told_more,)


if __name__ == "__main__":
    app.run()
