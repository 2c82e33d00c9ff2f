// Starts `callsheet lsp` and lets it speak for *.rules, scripts, cases and scenarios.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const command = vscode.workspace.getConfiguration("callsheet").get("path") || "callsheet";
  const files = vscode.workspace.createFileSystemWatcher("**/*.{rules,rhai,case.json}");
  client = new LanguageClient(
    "callsheet",
    "callsheet",
    { command, args: ["lsp"] },
    {
      documentSelector: [
        { language: "callsheet" },
        { scheme: "file", pattern: "**/*.rhai" },
        { scheme: "file", pattern: "**/{*.case,case,scenario,*.scenario}.json" },
      ],
      synchronize: { fileEvents: files },
    },
  );
  try {
    await client.start();
  } catch (error) {
    const choice = await vscode.window.showErrorMessage(
      `callsheet cannot be started as "${command}": ${error.message}. Install it, or say where it is.`,
      "Open settings",
    );
    if (choice) {
      vscode.commands.executeCommand("workbench.action.openSettings", "callsheet.path");
    }
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running && running.isRunning()) {
    await running.stop();
  }
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("callsheet.restart", async () => {
      await stop();
      await start();
    }),
  );
  await start();
};

exports.deactivate = stop;
