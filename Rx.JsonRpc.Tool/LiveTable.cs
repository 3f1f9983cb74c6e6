using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.JsonRpc.Tool;

/// <summary>A table where it fits; on a narrow terminal a few lines for each row, because a number that is cut in two cannot be read.</summary>
/// <param name="headers">A column without a header is left out where the table does not fit.</param>
/// <param name="rows">Cells as Spectre markup.</param>
internal sealed class LiveTable(IReadOnlyList<string> headers, IReadOnlyList<string[]> rows) : Renderable
{
    private const int CellPadding = 2;

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        IRenderable fitting = TableWidth() <= maxWidth ? Table() : new Rows(rows.SelectMany(row => Lines(row, maxWidth)).Select(line => new Markup(line)));
        return fitting.Render(options, maxWidth);
    }

    private Table Table()
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns([.. headers]);
        foreach (string[] row in rows) table.AddRow(row);
        return table;
    }

    private int TableWidth()
    {
        IEnumerable<int> columns = headers.Select((header, i) => rows.Select(row => Markup.Remove(row[i]).Length).Append(header.Length).Max());
        return columns.Sum(width => width + CellPadding) + headers.Count + 1;
    }

    private IEnumerable<string> Lines(string[] row, int width)
    {
        string line = row[0];
        for (int i = 1; i < row.Length; i++)
        {
            if (headers[i].Length == 0) continue;
            string cell = $"  {headers[i]} {row[i]}";
            if (Markup.Remove(line + cell).Length > width)
            {
                yield return line;
                line = "";
            }
            line += cell;
        }
        yield return line;
    }
}
