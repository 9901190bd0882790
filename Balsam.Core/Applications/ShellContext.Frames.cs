namespace Balsam;

/// <content>How each kind of shell text is read.</content>
internal sealed partial class ShellContext
{
    private void ReadPlain(char c, char next)
    {
        bool startsWord = IsBlank(_previous) || IsOperator(_previous);
        switch (c)
        {
            case '\\':
                _escaped = true;
                return;
            case '$' when next == '\\':
                Lose("a '$' before a backslash");
                break;
            case '#' when startsWord && _atPlaceholder:
                Lose("a '#' right after another placeholder, where a comment begins when that value is empty");
                break;
            case '#' when startsWord:
                _open.Push(Frame.Comment);
                break;
            case '#' when char.IsWhiteSpace(_previous):
                Lose("a '#' after white space that not every shell knows");
                break;
            case '\'' when _previous == '$':
                Lose("$'…'");
                break;
            case '\'':
                _open.Push(Frame.Single);
                break;
            case '"':
                _open.Push(Frame.Double);
                break;
            case '`':
                _open.Push(Frame.Backquote);
                break;
            case '<' when _previous == '<':
                _hereDocument = true;
                break;
            case '(' or '{' or '[' when _previous == '$':
                ReadDollar(c, next);
                break;
            case '(' when _previous == '(' && _atPlaceholder:
                Lose("'(' on both sides of another placeholder, where arithmetic begins when that value is empty");
                break;
            case '(' when _previous == '(':
                // The first parenthesis was counted as one of its own.
                Open(Frame.Arithmetic, _parentheses - 1, 0);
                break;
            case '(':
                _parentheses++;
                break;
            case ')' when _parentheses > 0:
                _parentheses--;
                break;
            case ')' when _open.Peek() == Frame.Command:
                Close();
                break;
            case '[' when _previous == '[' && _word.Length == 1:
                _open.Push(Frame.Test);
                break;
            case '[' when IsName(_previous) || _atPlaceholder || !(IsBlank(next) || next == '['):
                _open.Push(Frame.Subscript);
                break;
        }

        if (!IsBlank(c) && !IsOperator(c))
        {
            Grow(c);
        }
        else
        {
            if (_word == "case" && _open.Contains(Frame.Command))
            {
                Lose("'case' inside $( )");
            }

            _word = "";
        }

        Remember(c);
    }

    private void ReadDoubleQuoted(char c, char next)
    {
        switch (c)
        {
            case '\\':
                _escaped = true;
                break;
            case '"':
                _open.Pop();
                break;
            case '`':
                _open.Push(Frame.Backquote);
                break;
            case '$' when next == '\\':
                Lose("a '$' before a backslash");
                break;
            case '(' or '{' or '[' when _previous == '$':
                ReadDollar(c, next);
                break;
        }
    }

    // Backquotes end at the next backquote, whatever stands between; with quotes or backslashes between, shells disagree.
    private void ReadBackquoted(char c)
    {
        switch (c)
        {
            case '`':
                _open.Pop();
                break;
            case '\'' or '"' or '\\' or '#':
                Lose("a quote, a backslash or '#' inside backquotes");
                break;
        }
    }

    private void ReadArithmetic(char c, char next)
    {
        switch (c)
        {
            case '(' when _previous != '$' || _parentheses < 0:
                _parentheses++;
                break;
            case ')' when _parentheses > 0:
                _parentheses--;
                break;
            case ')' when _closesArithmetic:
                _closesArithmetic = false;
                Close();
                break;
            case ')' when next == ')':
                _closesArithmetic = true;
                break;
            case ')':
                Lose("'((' that '))' does not close");
                break;
            case '<' when _previous == '<':
                // In sh, (( )) is a command like any other.
                _hereDocument = true;
                break;
            case '(' or '\'' or '"' or '\\' or '`' or '#' or '{' or '[':
                Lose("a quote, a backslash, a bracket or '#' inside arithmetic");
                break;
        }
    }

    private void ReadBracketed(char c)
    {
        switch (_open.Peek(), c)
        {
            case (Frame.Parameter, '}') or (Frame.Subscript, ']'):
                _open.Pop();
                break;
            case (Frame.Test, ']') when _previous == ']':
                _open.Pop();
                break;
            case (Frame.Subscript, '['):
                _open.Push(Frame.Subscript);
                break;
            case (Frame.Subscript, _) when IsBlank(c) || IsOperator(c):
                // In bash the subscript goes on, in sh it was none.
                Lose("a blank or an operator inside [ ]");
                break;
            case (Frame.Test or Frame.Subscript, '#') or (Frame.Test, '<'):
            case (_, '\'' or '"' or '\\' or '`' or '{' or '('):
                Lose("a quote, a backslash, a bracket or '#' inside ${ }, [ ] or [[ ]]");
                break;
        }
    }

    private void ReadDollar(char c, char next)
    {
        switch (c)
        {
            case '(' when next == '(':
                // The second parenthesis is read inside, and brings the count to 0.
                Open(Frame.Arithmetic, _parentheses, -1);
                break;
            case '(' when next == '\\':
                Lose("a backslash after '$('");
                break;
            case '(':
                Open(Frame.Command, _parentheses, 0);
                break;
            case '{' when !IsBlank(next) && next != '|':
                _open.Push(Frame.Parameter);
                break;
            default:
                Lose("$[ ] or ${ } with a command in it");
                break;
        }
    }

    private void Open(Frame frame, int outerParentheses, int parentheses)
    {
        _outerParentheses.Push(outerParentheses);
        _parentheses = parentheses;
        _open.Push(frame);
    }

    private void Close()
    {
        _open.Pop();
        _parentheses = _outerParentheses.Pop();
    }
}
