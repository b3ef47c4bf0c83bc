/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/plugin-abi.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** sag_plugin_get_host: what plugins get of this program. */
const SagHost *sag_plugin_get_host (void);

/**
 * sag_plugin_get_cuda: the plugin with the GPU engine. Loaded by the first call, never unloaded. Any thread.
 *
 * Errors: G_IO_ERROR_NOT_FOUND when this build has none; SAG_ERROR_ENGINE when it does not load or is of another
 * release.
 */
const SagPlugin *sag_plugin_get_cuda (GError **error);

/**
 * sag_plugin_open: the plugin in the library @path, for tests. Never unloaded.
 *
 * Errors: SAG_ERROR_ENGINE, one sentence.
 */
const SagPlugin *sag_plugin_open (const char *path, GError **error);

/**
 * sag_plugin_find_cuda_device: GPU @index, if the GPU engine can use it. Takes no memory on it.
 * @device: (out) (optional): what it is
 *
 * Returns: the engine's table, for sag_engine_open(). NULL with one sentence: G_IO_ERROR_NOT_FOUND where there is
 * nothing to speak of (no GPU engine in this build, no NVIDIA driver), SAG_ERROR_ENGINE where something is in the way
 * (driver too old, GPU too old).
 */
const SagEngineTable *
sag_plugin_find_cuda_device (int index, SagPluginDevice *device, GError **error);

G_END_DECLS
