/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/* Exit codes. With the last two goes one line on stderr. */
enum
{
  SAG_CLI_DONE = 0,
  SAG_CLI_FAILED = 1,
  SAG_CLI_USAGE = 2,
};

/**
 * SagCliCommand: one word of the command line.
 * @run: gets the arguments after the program's name, @argv[0] being the command; returns an exit
 *   code
 */
typedef struct
{
  const char *name;
  const char *summary;
  int (*run) (int argc, char **argv);
} SagCliCommand;

int sag_cli_ask (int argc, char **argv);
int sag_cli_bench (int argc, char **argv);
int sag_cli_bundle (int argc, char **argv);
int sag_cli_bundle_check (int argc, char **argv);
int sag_cli_bundle_publish (int argc, char **argv);
int sag_cli_compose (int argc, char **argv);
int sag_cli_dicom (int argc, char **argv);
int sag_cli_evaluate (int argc, char **argv);
int sag_cli_export (int argc, char **argv);
int sag_cli_forward (int argc, char **argv);
int sag_cli_step (int argc, char **argv);
int sag_cli_info (int argc, char **argv);
int sag_cli_phantom (int argc, char **argv);
int sag_cli_purge (int argc, char **argv);
int sag_cli_prepare (int argc, char **argv);
int sag_cli_project (int argc, char **argv);
int sag_cli_render (int argc, char **argv);
int sag_cli_replay (int argc, char **argv);
int sag_cli_selftest (int argc, char **argv);
int sag_cli_tokenize (int argc, char **argv);
int sag_cli_train (int argc, char **argv);

/**
 * sag_cli_parse: reads a command's options.
 * @usage: what follows "sagitta-cli", for example "info FILE"; its lower-case words are the command
 * @about: what the command does, some lines, for --help
 * @min_rest, @max_rest: how many arguments must remain (max -1: any number)
 * @rest: (out) (transfer full): the remaining arguments, NULL-terminated
 *
 * Returns: FALSE after a usage sentence on stderr; --help prints and exits 0
 */
gboolean sag_cli_parse (int                 argc,
                        char              **argv,
                        const char         *usage,
                        const char         *about,
                        const GOptionEntry *entries,
                        int                 min_rest,
                        int                 max_rest,
                        char             ***rest);

/** sag_cli_fail: prints the error as one line on stderr; returns the exit code that it deserves. */
int sag_cli_fail (const GError *error);

/**
 * sag_cli_usage: prints a usage sentence that names the command's --help; returns SAG_CLI_USAGE.
 * @format: without a stop at its end
 */
int sag_cli_usage (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * sag_cli_get_cancellable: cancelled by the first SIGINT or SIGTERM; a second one ends the program
 * at once.
 */
GCancellable *sag_cli_get_cancellable (void);

/**
 * sag_cli_progress: shows a stage on the terminal's last line; NULL clears it. Silent where stderr
 * is no terminal.
 */
void sag_cli_progress (const char *stage, double fraction);

/** sag_cli_remove_folder: a folder of ours with all that is in it; links are removed, not followed. */
void sag_cli_remove_folder (const char *folder);

/** sag_cli_prefix_name: says which scan an error is about, where the library could not know. */
void sag_cli_prefix_name (GError **error, const char *name);

/**
 * sag_cli_load: reads a scan with progress: NIfTI, or DICOM as "PLACE" or "PLACE#SERIES". The caller prints its
 * warnings, which tell a choice among series.
 * @name: (out) (optional) (transfer full): what files made of it are called after
 * @exact: (out) (optional) (transfer full): of sag_scan_load_exact()
 */
SagVolume *sag_cli_load_exact (const char *path, char **exact, char **name, GError **error);
SagVolume *sag_cli_load_case (const char *path, char **name, GError **error);
SagVolume *sag_cli_load (const char *path, GError **error);

/** sag_cli_triple: reads "1,2.5,-3". Error: SAG_ERROR_ARGUMENT naming @option. */
gboolean sag_cli_triple (const char *text, const char *option, double values[3], GError **error);

/** sag_cli_recipe: reads "paper" or "upstream" into @recipe with the paper's sizes. */
gboolean sag_cli_recipe (const char *text, SagRecipe *recipe, GError **error);

/**
 * SagCliModel: what the person said about bundle and engine.
 */
typedef struct
{
  char    *bundle;
  char    *engine;
  char    *precision;
  int      n_threads;
  gboolean portable;
} SagCliModel;

/** SAG_CLI_MODEL_ENTRIES: the options that fill a SagCliModel called @model. */
#define SAG_CLI_MODEL_ENTRIES(model)                                                                   \
  { "bundle",                                                                                          \
    'b',                                                                                               \
    0,                                                                                                 \
    G_OPTION_ARG_FILENAME,                                                                             \
    &(model).bundle,                                                                                   \
    "The model; the shipped one by default",                                                           \
    "DIR" },                                                                                           \
    { "engine", 'e', 0, G_OPTION_ARG_STRING, &(model).engine, "auto (default), cpu or cuda", "NAME" }, \
    { "precision",                                                                                     \
      0,                                                                                               \
      0,                                                                                               \
      G_OPTION_ARG_STRING,                                                                             \
      &(model).precision,                                                                              \
      "fp32 (default) or fast (GPU only)",                                                             \
      "NAME" },                                                                                        \
    { "threads", 0, 0, G_OPTION_ARG_INT, &(model).n_threads, "CPU threads; all by default", "N" },     \
  {                                                                                                    \
    "portable", 0, 0, G_OPTION_ARG_NONE, &(model).portable, "CPU without AVX2", NULL                   \
  }

void sag_cli_model_clear (SagCliModel *model);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagCliModel, sag_cli_model_clear)

/** sag_cli_open_bundle: the named bundle, else the shipped one, else an untrained one by seed. */
SagBundle *sag_cli_open_bundle (const SagCliModel *model, GError **error);

/**
 * sag_cli_pick_engine: which engine, and how it is opened. Errors: SAG_ERROR_ENGINE if the named
 * one cannot be had, SAG_ERROR_ARGUMENT.
 */
const SagEngineTable *
sag_cli_pick_engine (const SagCliModel *model, SagEngineOptions *options, GError **error);

/** sag_cli_open_engine: picks the engine and opens the bundle with it; says on stderr where a GPU cannot be used. */
SagEngine *sag_cli_open_engine (const SagCliModel *model, GError **error);

/** sag_cli_seconds: "0.41 s", "83 ms". */
char *sag_cli_seconds (double seconds);

/** sag_cli_bold: what to print before (@on) and after words that should stand out on a terminal. */
const char *sag_cli_bold (gboolean on);

/** sag_cli_place: a point for people: "R 12.1  P 44.0  S 510.0 mm". */
char *sag_cli_place (const double ras_mm[3]);

/** sag_cli_describe_volume: "256 x 256 x 137 voxels, 1.56 x 1.56 x 2.00 mm, axes L P S". */
char *sag_cli_describe_volume (const SagVolume *volume);

G_END_DECLS
