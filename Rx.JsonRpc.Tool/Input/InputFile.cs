namespace Rx.JsonRpc.Tool.Input;

/// <summary>Reads a file whole, whose size a person decides: a configuration.</summary>
internal static class InputFile
{
    public const int MostBytes = 4 * 1024 * 1024;

    private const string NoContent = "it is empty, or no regular file but a pipe or a device";

    /// <exception cref="IOException">Says why the file cannot be read, without its name.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (Directory.Exists(target)) throw new IOException("it is a directory");
            var file = new FileInfo(target);
            // Links to pipes, such as those of a shell's <(...), have a target that is no path.
            if (!file.Exists) throw new IOException(File.Exists(path) ? NoContent : "there is no such file");
            // Pipes and devices have no length. Opening a pipe would wait for a writer, and a device may never end.
            if (file.Length == 0) throw new IOException(NoContent);
            if (file.Length > MostBytes)
            {
                throw new IOException(FormattableString.Invariant($"it has {file.Length:#,0} bytes; at most {MostBytes:#,0} are read"));
            }
            byte[] bytes = new byte[file.Length];
            using FileStream stream = file.OpenRead();
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (ArgumentException)
        {
            // An empty name, and one with a NUL.
            throw new IOException("it is no path");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException("there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException("permission denied");
        }
    }

    /// <summary>The text, in the encoding that its byte order mark names; UTF-8 without one.</summary>
    /// <exception cref="IOException">Says why the file cannot be read, without its name.</exception>
    public static string ReadText(string path)
    {
        using var reader = new StreamReader(new MemoryStream(Read(path)));
        return reader.ReadToEnd();
    }
}
