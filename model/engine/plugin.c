/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/plugin.h"

#include "model/core/error.h"
#include "model/core/paths.h"
#include "model/engine/plugin-prepare.h"

#include <dlfcn.h>

#define CUDA_LIBRARY "libsagitta-cuda.so"

const SagHost *
sag_plugin_get_host (void)
{
  static const SagHost host = {
    .abi = SAG_PLUGIN_ABI,
    .network_validate = sag_network_validate,
    .conv_shape = sag_network_conv_shape,
    .geometry_invert = sag_geometry_invert,
    .geometry_compose = sag_geometry_compose,
    .prepare_search = sag_plugin_prepare_search,
    .prepare_plan = sag_plugin_prepare_plan,
    .prepare_plan_clear = sag_plugin_prepare_plan_clear,
  };

  return &host;
}

const SagPlugin *
sag_plugin_open (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  void            *library = dlopen (path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  SagPluginFunc    start;
  const SagPlugin *plugin;

  if (library == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE,
                   "The GPU engine %s does not load (%s). Install it again.", name, dlerror ());
      return NULL;
    }
  start = (SagPluginFunc) dlsym (library, SAG_CUDA_PLUGIN_SYMBOL);
  plugin = start != NULL ? start (SAG_PLUGIN_ABI, sag_plugin_get_host ()) : NULL;
  if (plugin == NULL || plugin->abi != SAG_PLUGIN_ABI)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE,
                   "The GPU engine %s is of another release than this program. Install both from "
                   "one release.",
                   name);
      return NULL;
    }
  return plugin;
}

static const SagPlugin *
load_cuda (GError **error)
{
  g_autofree char *path = sag_paths_find_plugin (CUDA_LIBRARY, "cuda");

  if (path != NULL)
    return sag_plugin_open (path, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "This build has no GPU engine (%s). Build it with NVIDIA's CUDA toolkit, or use the "
               "CPU engine.",
               CUDA_LIBRARY);
  return NULL;
}

const SagPlugin *
sag_plugin_get_cuda (GError **error)
{
  static GMutex           mutex;
  static const SagPlugin *plugin;
  static GError          *refusal;
  static gboolean         tried;

  g_mutex_lock (&mutex);
  if (!tried)
    plugin = load_cuda (&refusal);
  tried = TRUE;
  if (plugin == NULL && error != NULL)
    *error = g_error_copy (refusal);
  g_mutex_unlock (&mutex);
  return plugin;
}

const SagEngineTable *
sag_plugin_find_cuda_device (int index, SagPluginDevice *device, GError **error)
{
  const SagPlugin *plugin = sag_plugin_get_cuda (error);
  SagPluginDevice  found;
  SagStatus        status = { 0 };

  if (plugin == NULL)
    return NULL;
  if (!plugin->probe (index, device != NULL ? device : &found, &status))
    {
      if (status.code == SAG_STATUS_NO_DEVICE)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, status.message);
      else
        g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ENGINE, status.message);
      return NULL;
    }
  return plugin->engine;
}
