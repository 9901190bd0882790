namespace Balsam;

/// <summary>Follows shell text just closely enough to know whether a quoted word put here stays one word, in sh as in bash.</summary>
/// <remarks>
/// What is open is kept on a stack. Where the two shells read a text differently, or where following it would take a whole shell, the context is
/// lost: no placeholder is accepted after that. Refusing too much costs a rewritten template; accepting too much runs what a value holds.
/// </remarks>
internal sealed partial class ShellContext
{
    private readonly Stack<Frame> _open = new([Frame.Plain]);
    private readonly Stack<int> _outerParentheses = [];
    private int _parentheses;
    private bool _closesArithmetic;
    private bool _escaped;
    private bool _hereDocument;
    private bool _atPlaceholder;
    private char _previous = ' ';
    private string _word = "";
    private string? _lost;

    private enum Frame
    {
        Plain,
        Single,
        Double,
        Comment,
        Backquote,
        Command,
        Arithmetic,
        Parameter,
        Subscript,
        Test,
    }

    public void Read(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (_escaped)
            {
                ReadEscaped(text[i]);
            }
            else
            {
                Read(text[i], i + 1 < text.Length ? text[i + 1] : '\0');
            }

            _atPlaceholder = false;
        }
    }

    /// <summary>A quoted value was put here. An empty array is nothing, so that what stood before may meet what follows.</summary>
    public void ReadWord() => _atPlaceholder = true;

    public string? WhyUnsafe() => this switch
    {
        { _escaped: true } => "a backslash before a placeholder would break its quoting; values are quoted already",
        { _lost: { } what } => $"the shell text before the placeholder holds {what}, and shells differ on what follows; put that part into a script of its own, or after the placeholder",
        { _hereDocument: true } => "the placeholder stands after '<<', where quoting does not hold; pass the value as an argument or in the environment",
        _ => _open.Peek() switch
        {
            Frame.Single or Frame.Double => "the placeholder stands inside quotes; values are quoted already, so take the quotes away",
            Frame.Comment => "the placeholder stands in a comment, which a value with a line end would leave",
            Frame.Backquote => "the placeholder stands inside backquotes, where quoting does not hold; use $( ) instead",
            Frame.Arithmetic => "the placeholder stands in shell arithmetic, which evaluates its value; compute before, and pass the result",
            Frame.Parameter => "the placeholder stands inside ${ }, where quoting does not hold in every shell; assign the value to a variable first",
            Frame.Subscript => "the placeholder stands inside [ ] without a blank, which bash may evaluate as arithmetic; assign the value to a variable first",
            Frame.Test => "the placeholder stands inside [[ ]], where bash may evaluate its value as arithmetic; use [ ] instead",
            _ => _previous == '$' ? "'$' before a placeholder would change its quoting" : null,
        },
    };

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n';

    private static bool IsOperator(char c) => c is ';' or '&' or '|' or '(' or ')' or '<' or '>';

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private void Lose(string what) => _lost ??= what;

    // A backslash and a line end are nothing at all; any other escaped character is part of a word.
    private void ReadEscaped(char c)
    {
        _escaped = false;
        if (c != '\n')
        {
            Grow('x');
            _previous = 'x';
        }
    }

    private void Read(char c, char next)
    {
        switch (_open.Peek())
        {
            case Frame.Plain or Frame.Command:
                ReadPlain(c, next);
                return;
            case Frame.Comment when c == '\n':
                _open.Pop();
                ReadPlain(c, next);
                return;
            case Frame.Single when c == '\'':
                _open.Pop();
                break;
            case Frame.Double:
                ReadDoubleQuoted(c, next);
                break;
            case Frame.Backquote:
                ReadBackquoted(c);
                break;
            case Frame.Arithmetic:
                ReadArithmetic(c, next);
                break;
            case Frame.Parameter or Frame.Subscript or Frame.Test:
                ReadBracketed(c);
                break;
        }

        // A command that begins inside double quotes begins with a word of its own.
        if (_open.Peek() == Frame.Command)
        {
            _word = "";
        }
        else
        {
            Grow('x');
        }

        Remember(c);
    }

    // Only short words mean something.
    private void Grow(char c) => _word = _word.Length > 8 ? _word : _word + c;

    // '$$' is the shell's own number: its second '$' begins nothing.
    private void Remember(char c) => _previous = c == '$' && _previous == '$' ? 'x' : c;
}
