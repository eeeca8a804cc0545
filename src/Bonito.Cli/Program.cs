using Bonito.Cli;

return CommandLine.Run(args);
