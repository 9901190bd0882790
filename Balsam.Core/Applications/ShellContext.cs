namespace Balsam;

/// <summary>Follows shell text just closely enough to know whether a quoted word put here stays one word.</summary>
internal sealed class ShellContext
{
    private enum Quote
    {
        None,
        Single,
        Double,
        Comment,
    }

    private Quote _quote;
    private bool _escaped;
    private bool _backquoted;
    private bool _hereDocument;
    private int _arithmetic;
    private char _previous = ' ';
    private char _beforePrevious = ' ';

    public void Read(string text)
    {
        foreach (char c in text)
        {
            Read(c);
            _beforePrevious = _previous;
            _previous = c;
        }
    }

    /// <summary>A quoted value was put here.</summary>
    public void ReadWord()
    {
        _beforePrevious = _previous;
        _previous = 'x';
    }

    public string? WhyUnsafe() => this switch
    {
        { _escaped: true } => "a backslash before a placeholder would break its quoting; values are quoted already",
        { _quote: Quote.Single or Quote.Double } => "the placeholder stands inside quotes; values are quoted already, so take the quotes away",
        { _quote: Quote.Comment } => "the placeholder stands in a comment, which a value with a line end would leave",
        { _backquoted: true } => "the placeholder stands inside backquotes, where quoting does not hold; use $( ) instead",
        { _hereDocument: true } => "the placeholder stands after '<<', where quoting does not hold; pass the value as an argument or in the environment",
        { _arithmetic: > 0 } => "the placeholder stands in shell arithmetic, which evaluates its value; compute before, and pass the result",
        { _previous: '$' } => "'$' before a placeholder would change its quoting",
        _ => null,
    };

    private void Read(char c)
    {
        if (_escaped)
        {
            _escaped = false;
            return;
        }

        switch (_quote)
        {
            case Quote.Single:
                _quote = c == '\'' ? Quote.None : Quote.Single;
                return;
            case Quote.Comment:
                _quote = c == '\n' ? Quote.None : Quote.Comment;
                return;
            case Quote.Double:
                ReadDoubleQuoted(c);
                return;
            default:
                ReadPlain(c);
                return;
        }
    }

    private void ReadDoubleQuoted(char c)
    {
        switch (c)
        {
            case '\\':
                _escaped = true;
                break;
            case '"':
                _quote = Quote.None;
                break;
            case '`':
                _backquoted = !_backquoted;
                break;
        }
    }

    private void ReadPlain(char c)
    {
        switch (c)
        {
            case '\\':
                _escaped = true;
                break;
            case '\'':
                _quote = Quote.Single;
                break;
            case '"':
                _quote = Quote.Double;
                break;
            case '`':
                _backquoted = !_backquoted;
                break;
            case '#' when char.IsWhiteSpace(_previous) || _previous is ';' or '&' or '|' or '(' or ')':
                _quote = Quote.Comment;
                break;
            case '<' when _previous == '<':
                _hereDocument = true;
                break;
            case '(' when _previous == '(' || (_previous == '[' && _beforePrevious == '$'):
                _arithmetic++;
                break;
            case '[' when _previous == '$':
                _arithmetic++;
                break;
            case ')' when _previous == ')' && _arithmetic > 0:
                _arithmetic--;
                break;
        }
    }
}
